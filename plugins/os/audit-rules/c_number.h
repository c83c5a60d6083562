#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace plimsoll::audit {

/// What strtoul(3) with base 0 makes of a text: decimal, octal (`010`) or hexadecimal (`0x8`); what
/// follows the digits is passed over. None: it begins with no digit or does not fit.
std::optional<std::uint64_t> c_number(std::string_view text);

}  // namespace plimsoll::audit
