#pragma once

#include <string_view>

namespace plimsoll::postfix {

/// Facts as `postconf -d` of Postfix 3.7.11 prints them, and the old names: `name=value` on a line
/// each, in order of name.
extern const std::string_view kDefaults;

}  // namespace plimsoll::postfix
