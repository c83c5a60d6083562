#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/result.h"

namespace plimsoll::apparmor {

struct Profile {
  std::string name;  // of a child or hat `parent//child`
  std::vector<std::string> flags;
  std::uint32_t line = 0;
};

/// The profiles that a file of /etc/apparmor.d defines. What it includes is not looked into.
Result<std::vector<Profile>> parse_profiles(std::string_view text, const std::string& file);

}  // namespace plimsoll::apparmor
