#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/service/redis/options.h"

namespace plimsoll::redis {

/// A command, or a part of one (`config|get`).
struct Command {
  std::string_view name;
  std::uint32_t categories = 0;  ///< a bit each, in the order of categories()
  bool is_part = false;
  std::vector<std::size_t> parts = {};  ///< indices of its subcommands
};

/// The names of categories, in the order in which ACL CAT prints them.
std::span<const std::string_view> categories();
std::optional<std::size_t> category_named(std::string_view name);  ///< any case

class CommandTable {
 public:
  static const CommandTable& of(Version version);
  [[nodiscard]] std::span<const Command> all() const { return commands_; }  ///< sorted by name
  /// The index of a command or part, any case.
  [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const;
  /// The commands and parts of a category.
  [[nodiscard]] const std::vector<std::size_t>& members(std::size_t category) const {
    return members_[category];
  }
  using Renamed = std::map<std::string, std::string, std::less<>>;
  /// The command that a name in lower case leads to; empty: none. `whole`: names of parts do not
  /// count.
  [[nodiscard]] std::string called(const Renamed& renamed, std::string_view name,
                                   bool whole = false) const;

 private:
  explicit CommandTable(Version version);
  std::vector<Command> commands_;
  std::map<std::string_view, std::size_t> names_;
  std::vector<std::vector<std::size_t>> members_;
};

/// The rows of both versions (commands_table.cpp).
std::string_view command_rows();

}  // namespace plimsoll::redis
