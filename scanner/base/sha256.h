#pragma once

#include <string>
#include <string_view>

namespace plimsoll {

/// The SHA-256 of a text as 64 hex digits.
std::string sha256_hex(std::string_view text);

}  // namespace plimsoll
