#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace plimsoll {

/// Days since 1970-01-01 of a date written YYYY-MM-DD; empty when it is not one.
std::optional<std::int64_t> day_number(std::string_view date);
/// A moment (seconds since 1970-01-01, UTC) as RFC 3339: `2026-11-25T19:00:00Z`; its first ten
/// characters are the date.
std::string utc_text(std::int64_t seconds);

}  // namespace plimsoll
