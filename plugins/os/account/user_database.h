#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace plimsoll {

// The four user databases, line by line, as glibc's `files` service reads them (passwd(5),
// group(5), shadow(5), gshadow(5), nsswitch.conf(5)): lines that do not parse are no entries.
// All views point into the text that was given.

struct PasswdEntry {
  std::string_view name, password, gecos, home, shell;
  std::uint32_t uid = 0, gid = 0;
  std::uint32_t line = 0;
};

struct ShadowEntry {
  std::string_view name, password;
  /// Days (the dates since 1970-01-01); empty when the field is.
  std::optional<std::int64_t> last_change, min, max, warn, inactive, expire;
  std::uint32_t line = 0;
};

struct GroupEntry {
  std::string_view name, password;
  std::uint32_t gid = 0;
  std::vector<std::string_view> members;
  std::uint32_t line = 0;
};

struct GshadowEntry {
  std::string_view name, password;
  std::vector<std::string_view> admins, members;
  std::uint32_t line = 0;
};

std::vector<PasswdEntry> parse_passwd(std::string_view text);
std::vector<ShadowEntry> parse_shadow(std::string_view text);
std::vector<GroupEntry> parse_group(std::string_view text);
std::vector<GshadowEntry> parse_gshadow(std::string_view text);

/// nsswitch.conf(5), "compat": such a line stands for entries of NIS or takes some away; `files`
/// never finds it by name or number.
inline bool is_nis_line(std::string_view name) {
  return !name.empty() && (name.front() == '+' || name.front() == '-');
}

}  // namespace plimsoll
