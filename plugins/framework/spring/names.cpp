#include "plugins/framework/spring/names.h"

#include <algorithm>
#include <map>

#include "plugins/framework/spring/fields.h"
#include "scanner/base/text.h"

namespace plimsoll::spring {
namespace {

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
char lowered(char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }

/// The end of the bracket that opens there, or of the text.
std::size_t bracket_end(std::string_view name, std::size_t from) {
  const std::size_t end = name.find(']', from);
  return end == std::string_view::npos ? name.size() : end + 1;
}

/// `show-sql` of `showSql`, `SHOW_SQL` and `showSQL`.
void append_kebab(std::string_view part, std::string& out) {
  const std::size_t begin = out.size();
  for (std::size_t i = 0; i < part.size(); ++i) {
    const char c = part[i];
    if (c == '_' || c == '-') {
      if (out.size() > begin && out.back() != '-') out += '-';
      continue;
    }
    const bool after_word = i > 0 && (is_lower(part[i - 1]) || is_digit(part[i - 1]));
    const bool ends_word =
        i > 0 && is_upper(part[i - 1]) && i + 1 < part.size() && is_lower(part[i + 1]);
    if (is_upper(c) && (after_word || ends_word) && out.size() > begin && out.back() != '-')
      out += '-';
    out += lowered(c);
  }
}

const std::map<std::string, std::string_view, std::less<>>& known() {
  static const auto names = [] {
    std::map<std::string, std::string_view, std::less<>> out;
    for (const Field& field : kFields) out.emplace(relaxed(field.name), field.name);
    return out;
  }();
  return names;
}

}  // namespace

// ConfigurationPropertyName: parts are compared by their letters and digits, without case.
std::string relaxed(std::string_view name) {
  std::string out;
  out.reserve(name.size());
  for (std::size_t i = 0; i < name.size();) {
    if (name[i] == '[') {
      const std::size_t end = bracket_end(name, i);
      out += name.substr(i, end - i);
      i = end;
      continue;
    }
    const char c = name[i++];
    if (c != '-' && c != '_') out += lowered(c);
  }
  return out;
}

std::string canonical(std::string_view name) {
  const auto& names = known();
  if (const auto found = names.find(relaxed(name)); found != names.end())
    return std::string(found->second);
  std::string out;
  for (std::size_t i = 0; i < name.size();) {
    if (name[i] == '[') {
      const std::size_t end = bracket_end(name, i);
      out += name.substr(i, end - i);
      i = end;
    } else if (name[i] == '.') {
      out += name[i++];
    } else {
      const std::size_t end = std::min(name.find_first_of(".[", i), name.size());
      append_kebab(name.substr(i, end - i), out);
      i = end;
    }
  }
  return out;
}

std::string_view last_part(std::string_view name) {
  while (name.ends_with(']')) {
    const std::size_t open = name.rfind('[');
    if (open == std::string_view::npos) break;
    if (!std::all_of(name.begin() + static_cast<std::ptrdiff_t>(open) + 1, name.end() - 1,
                     is_digit))
      return name.substr(open + 1, name.size() - open - 2);
    name = name.substr(0, open);
  }
  const std::size_t dot = name.rfind('.');
  return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

Indexed indexed(std::string_view name) {
  const std::size_t open = name.ends_with(']') ? name.rfind('[') : std::string_view::npos;
  if (open == std::string_view::npos) return {name};
  const auto index = to_integer(name.substr(open + 1, name.size() - open - 2));
  if (!index || *index < 0) return {name};
  return {name.substr(0, open), static_cast<long>(*index)};
}

}  // namespace plimsoll::spring
