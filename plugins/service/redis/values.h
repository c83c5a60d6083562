#pragma once

#include <span>
#include <string>
#include <string_view>

#include "plugins/service/redis/options.h"
#include "scanner/base/result.h"

namespace plimsoll::redis {

using Arguments = std::span<const std::string>;

/// What the server makes of the arguments of a line, as CONFIG GET prints it; an error with its own
/// words where it gives up. `current` is the value before: some lines change a part of it. `dir` is
/// not for this function: it has to be looked up.
Result<std::string> take_value(const Option& option, Arguments arguments, std::string_view current);

}  // namespace plimsoll::redis
