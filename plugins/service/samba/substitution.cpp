#include "plugins/service/samba/substitution.h"

#include <optional>

#include "scanner/base/text.h"

namespace plimsoll::samba {
namespace {

/// What Samba puts in for a variable, with letters that a shell could take for more than letters
/// made harmless (realloc_string_sub). Nothing: the variable stays as it is.
std::optional<std::string> value_of(char variable, const Configuration& configuration) {
  switch (variable) {
    case 'U':
    case 'D':
    case 'M':
    case 'm':
      return "";
    case 'I':
    case 'i':
      return "0.0.0.0";
    case 'J':
    case 'j':
      return "0_0_0_0";
    case 'R':
    case 'a':
      return "UNKNOWN";
    case 'V':
      return "4294967295";
    case 'L':
    case 'N':
      return configuration.value("netbios name");
    case 'h':
      return configuration.host.hostname;
    case 'v':
      return configuration.host.version;
    case 'w':
      return configuration.value("winbind separator");
    default:
      return std::nullopt;
  }
}

std::string harmless(std::string text) {
  for (char& c : text)
    if (std::string_view("`\"';$%\r\n").find(c) != std::string_view::npos) c = '_';
  return text;
}

void put_all(std::string& text, std::string_view what, const std::string& with) {
  std::string out;
  std::size_t from = 0;
  for (std::size_t at = 0; (at = text.find(what, from)) != std::string::npos;
       from = at + what.size()) {
    out.append(text, from, at - from);
    out += with;
  }
  out.append(text, from);
  text = std::move(out);
}

std::string pattern_of(std::string_view text, const Configuration& configuration) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char next = i + 1 < text.size() ? text[i + 1] : '\0';
    if (text[i] == '%' &&
        std::string_view("UGDIiJjLMRTtadmV$").find(next) != std::string_view::npos) {
      out += '*';
      const std::size_t end = next == '$' ? text.find(')', i) : i + 1;
      i = std::min(end, text.size());
      continue;
    }
    if (text[i] == '%' && std::string_view("Nhvw").find(next) != std::string_view::npos) {
      out += *value_of(next, configuration);
      ++i;
      continue;
    }
    if (std::string_view("*?[]\\").find(text[i]) != std::string_view::npos) out += '\\';
    out += text[i];
  }
  return out;
}

}  // namespace

Substituted substitute(std::string_view text, const Configuration& configuration) {
  Substituted out{std::string(text), {}, false, false};
  std::string& whole = out.text;
  for (std::size_t at = 0; (at = whole.find('%', at)) != std::string::npos; ++at) {
    const char variable = at + 1 < whole.size() ? whole[at + 1] : '\0';
    if (variable == '\0') break;
    if (std::string_view("UGDIiJjLMRTtadmV$").find(variable) != std::string_view::npos)
      out.varies = true;
    if (std::string_view("LNh").find(variable) != std::string_view::npos &&
        configuration.value("netbios name").empty())
      out.is_unknown = true;
    // All places of the variable at once; the search goes on one letter behind this one, also
    // where nothing took its place.
    if (const auto value = value_of(variable, configuration))
      put_all(whole, {whole.data() + at, 2}, harmless(*value));
  }
  out.pattern = pattern_of(text, configuration);
  return out;
}

}  // namespace plimsoll::samba
