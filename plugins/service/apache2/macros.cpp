#include "plugins/service/apache2/macros.h"

#include <array>

namespace plimsoll::apache2 {
namespace {

constexpr std::size_t kMostParameters = 256;

using FirstBytes = std::array<bool, 256>;

/// The longest parameter that begins there, or -1.
int parameter_at(std::string_view text, const Macro& macro) {
  int found = -1;
  std::size_t longest = 0;
  for (std::size_t i = 0; i < macro.parameters.size(); ++i)
    if (macro.parameters[i].size() > longest && text.starts_with(macro.parameters[i])) {
      found = static_cast<int>(i);
      longest = macro.parameters[i].size();
    }
  return found;
}

/// A parameter whose name begins with `@` is put in quotes.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

bool replace(std::string& line, const Macro& macro, const FirstBytes& first_bytes,
             const std::vector<std::string>& values, std::size_t& work) {
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t cost =
        first_bytes[static_cast<unsigned char>(line[at])] ? 1 + macro.parameters.size() : 1;
    if (work < cost) return false;
    work -= cost;
    const std::string_view rest = std::string_view(line).substr(at);
    const int which = cost > 1 ? parameter_at(rest, macro) : -1;
    if (which < 0) {
      ++at;
      continue;
    }
    const std::string& name = macro.parameters[static_cast<std::size_t>(which)];
    const std::string& value = values[static_cast<std::size_t>(which)];
    if (name != value) {
      if (work < line.size()) return false;
      work -= line.size();
      line.replace(at, name.size(), name.front() == '@' ? quoted(value) : value);
      if (line.size() >= kMacroLine - 1) return false;
    }
    // As mod_macro has it: quotes and backslashes that were added are not counted.
    at += value.size();
  }
  return true;
}

}  // namespace

std::string_view parameter_problem(const Macro& macro) {
  if (macro.parameters.size() > kMostParameters) return "a macro with too many parameters";
  for (std::size_t i = 0; i < macro.parameters.size(); ++i) {
    if (macro.parameters[i].empty()) return "a parameter of a macro without a name";
    for (std::size_t j = 0; j < i; ++j)
      if (macro.parameters[i] == macro.parameters[j]) return "two parameters of one name";
  }
  return {};
}

std::string_view expand(const Macro& macro, const std::vector<std::string>& values,
                        std::vector<Statement>& out, std::size_t& work) {
  FirstBytes first_bytes{};
  for (const std::string& name : macro.parameters)
    first_bytes[static_cast<unsigned char>(name.front())] = true;
  for (const Statement& line : macro.lines) {
    if (work < sizeof(Statement)) return "macros expand to too much";
    work -= sizeof(Statement);
    out.push_back(line);
    if (!replace(out.back().text, macro, first_bytes, values, work))
      return "a line of a macro gets too long";
  }
  return {};
}

}  // namespace plimsoll::apache2
