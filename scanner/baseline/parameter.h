#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/baseline/model.h"

namespace plimsoll {

/// The name in an operand that stands for a parameter (`$max_auth_tries`); empty for any other
/// text.
std::string_view parameter_reference(std::string_view operand);
/// An operand as it is meant: `$$name` is the text `$name`.
std::string literal_operand(std::string_view operand);

/// The operands with the values of the parameters in place of their names. Every name must be among
/// `parameters` (the loader saw to that).
std::vector<std::string> resolve_operands(const std::vector<std::string>& operands,
                                          std::span<const Parameter> parameters);

/// What is wrong with a value for a parameter (type, range, choice); empty when nothing is.
std::string value_problem(const Parameter& parameter, const std::vector<std::string>& value);
/// A value as the command line gives it: the elements of a list are separated by commas.
std::vector<std::string> value_from_text(const Parameter& parameter, std::string_view text);

}  // namespace plimsoll
