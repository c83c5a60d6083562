#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "scanner/base/result.h"

namespace plimsoll::postfix {

/// What a `$name` stands for; nothing where the name is not defined, which is as good as empty.
using Lookup = std::function<std::optional<std::string_view>(std::string_view name)>;

/// A value with each `$name`, `${name}`, `${name?text}`, `${name:text}`, `${name?{text}:{text}}`
/// and `${{text} OPERATOR {text} ? {text} : {text}}` worked out, and those in the results as well
/// (postconf(5)). Fails where Postfix would. `budget` bounds the steps and bytes of all calls
/// together.
Result<std::string> expand(std::string_view value, const Lookup& lookup, std::size_t& budget);

/// Names each parameter that the value mentions, in whatever branch. Stops at a syntax error.
void for_each_name(std::string_view value, const std::function<void(std::string_view)>& visit);

}  // namespace plimsoll::postfix
