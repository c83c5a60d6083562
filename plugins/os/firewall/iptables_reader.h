#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plugins/os/firewall/nft_values.h"
#include "plugins/os/firewall/ruleset.h"
#include "scanner/base/result.h"
#include "scanner/root/root.h"

namespace plimsoll::firewall {

/// The tables of one family in a kernel, none at first, and what iptables-restore(8) makes of them.
/// Hooks, types and priorities are those of the built-in chains.
class IptablesRestore {
 public:
  IptablesRestore(const Root& root, bool is_six);
  /// With `keep` (`--noflush`) what is there already stays.
  std::optional<Error> file(const std::string& path, std::string_view text, bool keep);
  /// Text that stands in no file; `origin` is why it is loaded.
  std::optional<Error> generated(const Origin& origin, std::string_view text, bool keep);
  /// What has been loaded.
  Ruleset take() { return std::move(ruleset_); }

 private:
  std::optional<Error> load(std::string_view text, bool keep);
  [[nodiscard]] Origin here() const;
  bool wrong(std::string what, ErrorCode code = ErrorCode::invalid);
  bool line(std::string_view text);
  bool begin(std::string_view name);
  Chain* known_chain(const std::string& name);
  bool policy(const std::string& name, std::string_view word);
  bool chain(std::string_view text);
  bool command(std::string_view text);
  bool flush(const std::string& name);
  bool add(std::vector<std::string>& words, bool insert);
  void place(Chain& chain, Rule rule, std::size_t position);
  /// Nothing jumps to a built-in chain.
  [[nodiscard]] bool is_target(std::string_view name) const;
  bool commit();

  struct Target {
    std::string name;
    Origin origin;
  };

  Origin origin_;  ///< the file, and the line if all of the text is of that line
  std::string family_;
  bool is_six_;
  bool keep_ = false;
  Services services_;
  Ruleset ruleset_;
  Table* table_ = nullptr;
  std::uint32_t line_ = 0;
  std::size_t count_ = 0;
  std::size_t insertions_ = 0;
  std::size_t flushed_ = 0;
  std::vector<Target> open_targets_;  ///< that no chain had when the rule came
  std::optional<Error> error_;
};

/// What `iptables-restore` (`ip6tables-restore`) makes of a file, in a kernel that has no rules
/// yet.
Result<Ruleset> read_iptables(const Root& root, const std::string& path, bool is_six);

}  // namespace plimsoll::firewall
