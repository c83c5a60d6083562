#pragma once

#include <string>
#include <string_view>

#include "plugins/service/mysql/options.h"
#include "scanner/base/result.h"

namespace plimsoll::mysql {

/// What the server makes of a value, in the spelling of its dump; an error where it gives up.
/// `current` is what the variable holds before: flags change only some of it.
Result<std::string> take_value(const Option& option, std::string_view text,
                               std::string_view current);
/// ON, TRUE and 1 are on, all else is off.
bool is_on(std::string_view text);
/// A list of words of `option` in the order of its words, each once.
std::string in_order(const Option& option, std::string_view list);

}  // namespace plimsoll::mysql
