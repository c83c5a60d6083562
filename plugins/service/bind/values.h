#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace plimsoll::bind {

/// `5`, `5k`, `5M`, `5G`: bytes (namedconf.c, parse_unitstring).
std::optional<std::uint64_t> size_of(const std::string& text);
/// `50%`, or nothing.
std::optional<std::uint32_t> percent_of(const std::string& text);
/// A number with at most two decimals, in hundredths as named prints it: `0.10`.
std::optional<std::string> fixed_of(std::string_view text);

/// Seconds of `90`, `1w2d3h4m5s` or ISO 8601 (`P1DT2H`), a month of 31 days and a year of 365.
std::optional<std::uint32_t> seconds_of(std::string_view text);
/// yes, true, 1; no, false, 0.
std::optional<bool> boolean_of(std::string_view text);

}  // namespace plimsoll::bind
