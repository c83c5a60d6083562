#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "plugins/os/logrotate/settings.h"
#include "scanner/base/fact.h"
#include "scanner/root/root.h"

namespace plimsoll::logrotate {

/// strtol(3), base 0, the whole text.
std::optional<std::int64_t> to_number(std::string_view text);
/// A number and `k`, `K`, `M` or `G`.
std::optional<std::int64_t> to_size(std::string_view text);
/// Words as popt splits them: blanks separate, quotes group, `\` escapes. Empty when it ends in a
/// lone `\`.
std::optional<std::vector<std::string>> split_words(std::string_view text);

/// Who `create` and `su` may name: accounts and groups by name or number.
class Owners {
 public:
  Owners(const Root& root, Facts& facts);
  [[nodiscard]] bool has_user(std::string_view user) const { return users_.contains(user); }
  [[nodiscard]] bool has_group(std::string_view group) const { return groups_.contains(group); }

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  using Names = std::unordered_set<std::string, Hash, std::equal_to<>>;
  Names users_, groups_;
};

/// Takes `[MODE] OWNER GROUP` of create, or `OWNER GROUP` of su, into what was said before. False
/// when logrotate refuses it: a word too many, or somebody whom nobody knows.
bool read_ownership(std::string_view text, bool with_mode, const Owners& owners,
                    Ownership& ownership);
/// The words, one blank apart.
std::string to_text(const Ownership& ownership);

}  // namespace plimsoll::logrotate
