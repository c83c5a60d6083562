#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "plugins/service/redis/options.h"
#include "scanner/base/result.h"

namespace plimsoll::redis {

/// A size in bytes: digits and a unit, `k` is 1000 and `kb` 1024. Too large ones wrap around
/// (util.c, memtoull).
std::optional<std::uint64_t> size_of(std::string_view text);
/// strtoll(3) of all of a text; nothing where something follows. No digits at all are 0 when the
/// text is empty. What does not fit is the nearest number.
std::optional<std::int64_t> c_number(std::string_view text);
/// The value of an option whose kind is a number (config.c, numericConfigSet).
Result<std::string> take_number(const Option& option, std::string_view text);

}  // namespace plimsoll::redis
