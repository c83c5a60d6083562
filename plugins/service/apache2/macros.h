#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/service/apache2/syntax.h"

namespace plimsoll::apache2 {

/// A `<Macro>` of mod_macro: its parameters and the lines between its tags, as they stand.
struct Macro {
  std::vector<std::string> parameters;
  std::vector<Statement> lines;
};

/// Names are in lower case.
using Macros = std::map<std::string, Macro, std::less<>>;

/// What is wrong with the parameters, or nothing.
std::string_view parameter_problem(const Macro& macro);

/// The lines of a macro with its parameters replaced. `work` is what may still be spent on it, in
/// bytes that are looked at; the reason why it cannot be done is returned, or nothing.
std::string_view expand(const Macro& macro, const std::vector<std::string>& values,
                        std::vector<Statement>& out, std::size_t& work);

/// mod_macro keeps a line in a buffer of this size.
inline constexpr std::size_t kMacroLine = 8192;

}  // namespace plimsoll::apache2
