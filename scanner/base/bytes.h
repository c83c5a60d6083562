#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace plimsoll {

/// Two lower-case hex digits a byte.
std::string hex_of(std::string_view bytes);
/// A number of bytes for people: `12 bytes`, `310 MiB`, `1.9 GiB`.
std::string size_text(std::uint64_t bytes);

}  // namespace plimsoll
