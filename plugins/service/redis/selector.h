#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/service/redis/commands.h"

namespace plimsoll::redis {

/// What became of a rule.
struct Applied {
  std::string complaint = {};       ///< the server's words; empty: it is fine
  bool is_unknown_command = false;  ///< which a module may bring along
  bool is_limit = false;            ///< of this program, not the server's
  [[nodiscard]] bool is_ok() const { return complaint.empty(); }
};

/// Commands, keys and channels that a user may use together (acl.c, aclSelector).
class Selector {
 public:
  Selector(Version version, bool all_channels)
      : version_(version),
        commands_(&CommandTable::of(version)),
        all_channels_(all_channels),
        allowed_(commands_->all().size()) {}

  Applied apply(std::string_view rule);

  // The three parts of ACL LIST.
  [[nodiscard]] std::string keys() const;
  [[nodiscard]] std::string channels() const;
  /// Single commands behind the categories are sorted by name, where the server has no order.
  [[nodiscard]] std::string commands() const;
  [[nodiscard]] std::string text() const;  ///< all three
  [[nodiscard]] bool allows(std::size_t command) const { return allowed_[command]; }

 private:
  struct Keys {
    std::string pattern;
    bool read = true;
    bool write = true;
  };
  Applied add_keys(std::string_view rule);
  Applied add_channel(std::string_view rule);
  Applied add_command(std::string_view name);
  Applied add_part(std::string_view name, std::size_t bar);
  Applied set_category(std::string_view rule);
  void set_all(bool allow);
  void set_command(std::size_t command, bool allow);
  void set_members(std::size_t category, bool allow);
  void note_rule(std::string_view rule);
  [[nodiscard]] std::string worked_out() const;
  void describe(std::size_t command, Selector& so_far, std::string& out) const;

  Version version_;
  const CommandTable* commands_;
  bool all_keys_ = false;
  bool all_channels_;
  bool future_ = false;  ///< commands that nobody knows yet are allowed
  std::vector<Keys> keys_;
  std::vector<std::string> channels_;
  std::vector<bool> allowed_;                               ///< by command
  std::map<std::size_t, std::vector<std::string>> firsts_;  ///< first arguments of a command
  std::vector<std::string> rules_;                          ///< since 7.2: as they were given
};

}  // namespace plimsoll::redis
