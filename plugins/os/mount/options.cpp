#include "plugins/os/mount/options.h"

#include <algorithm>
#include <array>

namespace plimsoll {
namespace {

/// The option that undoes this one, or nothing.
std::string opposite(std::string_view option) {
  constexpr std::array kPairs = {std::pair{"ro", "rw"},
                                 std::pair{"suid", "nosuid"},
                                 std::pair{"dev", "nodev"},
                                 std::pair{"exec", "noexec"},
                                 std::pair{"sync", "async"},
                                 std::pair{"atime", "noatime"},
                                 std::pair{"diratime", "nodiratime"},
                                 std::pair{"auto", "noauto"},
                                 std::pair{"fail", "nofail"},
                                 std::pair{"symfollow", "nosymfollow"}};
  for (const auto& [one, other] : kPairs) {
    if (option == one) return other;
    if (option == other) return one;
  }
  return {};
}

void add(std::vector<std::string>& options, std::string_view option) {
  const std::string undone = opposite(option);
  std::erase_if(options, [&](const std::string& have) { return have == option || have == undone; });
  options.emplace_back(option);
}

/// Cuts at commas; one between double quotes is part of its option.
std::vector<std::string_view> cut(std::string_view text) {
  std::vector<std::string_view> parts;
  bool quoted = false;
  std::size_t start = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && text[i] == '"') quoted = !quoted;
    if (i < text.size() && (text[i] != ',' || quoted)) continue;
    if (i > start) parts.push_back(text.substr(start, i - start));
    start = i + 1;
  }
  return parts;
}

}  // namespace

std::vector<std::string> effective_options(std::string_view text) {
  std::vector<std::string> options;
  for (const std::string_view option : cut(text)) {
    if (option == "defaults") continue;
    // mount(8): unless overridden by subsequent options
    if (option == "user" || option == "users" || option == "owner" || option == "group") {
      add(options, "nosuid");
      add(options, "nodev");
      if (option.starts_with("user")) add(options, "noexec");
    }
    add(options, option);
  }
  return options;
}

}  // namespace plimsoll
