#pragma once

#include <cstdint>
#include <string_view>

#include "scanner/base/fact.h"
#include "scanner/base/result.h"

namespace plimsoll {

/// What separates the elements of a list or set that is written as one text.
inline constexpr std::string_view kSeparators = ", \t\r\n\v\f";

/// A time span in microseconds, as systemd.time(7) spells it (`1h 30min`, `1.5d`, `infinity`), a
/// bare number being seconds. Negative spans are invalid: what -1 means differs from program to
/// program.
Result<std::int64_t> parse_duration(std::string_view text);
/// Bytes: `10K`, `4M`, `1.5G`, `10kB`, `1GiB`, all binary, and `infinity`.
Result<std::int64_t> parse_size(std::string_view text);
/// "an integer", "a list": for messages.
std::string_view with_article(Type type);

}  // namespace plimsoll
