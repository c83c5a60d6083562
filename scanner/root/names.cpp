#include <string_view>

#include "scanner/root/root.h"

namespace plimsoll {
namespace {

bool is_between(char c, char low, char high) { return low <= c && c <= high; }

/// The classes of the C locale (isalpha(3)); empty names and unknown ones have no members.
bool in_class(std::string_view name, char c) {
  const bool is_upper = is_between(c, 'A', 'Z');
  const bool is_lower = is_between(c, 'a', 'z');
  const bool is_digit = is_between(c, '0', '9');
  const bool is_graph = is_between(c, '!', '~');
  if (name == "alpha") return is_upper || is_lower;
  if (name == "digit") return is_digit;
  if (name == "alnum") return is_upper || is_lower || is_digit;
  if (name == "upper") return is_upper;
  if (name == "lower") return is_lower;
  if (name == "space") return c == ' ' || is_between(c, '\t', '\r');
  if (name == "blank") return c == ' ' || c == '\t';
  if (name == "punct") return is_graph && !is_upper && !is_lower && !is_digit;
  if (name == "print") return is_graph || c == ' ';
  if (name == "graph") return is_graph;
  if (name == "cntrl") return is_between(c, '\0', '\x1f') || c == '\x7f';
  if (name == "xdigit") return is_digit || is_between(c, 'A', 'F') || is_between(c, 'a', 'f');
  return false;
}

/// The name in `[:name:]` at `pattern[at]`, moving past it; empty when there is none.
std::string_view take_class(std::string_view pattern, std::size_t& at) {
  if (!pattern.substr(at).starts_with("[:")) return {};
  const auto end = pattern.find(":]", at + 2);
  if (end == std::string_view::npos) return {};
  const std::string_view name = pattern.substr(at + 2, end - at - 2);
  for (const char c : name)
    if (!is_between(c, 'a', 'z')) return {};
  if (!name.empty()) at = end + 2;
  return name;
}

/// One member of a bracket expression, with its escape resolved.
char take_member(std::string_view pattern, std::size_t& at) {
  if (pattern[at] == '\\' && at + 1 < pattern.size()) ++at;
  return pattern[at++];
}

/// Matches one bracket expression at `pattern[at]`; moves `at` past it. False and `at` unchanged
/// when it never closes (glob(7): the bracket then stands for itself).
bool match_bracket(std::string_view pattern, std::size_t& at, char c, bool& matched) {
  std::size_t i = at + 1;
  const bool negated = i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^');
  if (negated) ++i;
  bool hit = false;
  for (bool first = true; i < pattern.size(); first = false) {
    if (pattern[i] == ']' && !first) {
      at = i + 1;
      matched = hit != negated;
      return true;
    }
    if (const std::string_view name = take_class(pattern, i); !name.empty()) {
      hit = hit || in_class(name, c);
      continue;
    }
    const char low = take_member(pattern, i);
    char high = low;
    if (i + 1 < pattern.size() && pattern[i] == '-' && pattern[i + 1] != ']')
      high = take_member(pattern, ++i);
    if (static_cast<unsigned char>(low) <= static_cast<unsigned char>(c) &&
        static_cast<unsigned char>(c) <= static_cast<unsigned char>(high))
      hit = true;
  }
  return false;
}

/// Matches one character against what stands at `pattern[at]` (not a star); moves past it.
bool match_one(std::string_view pattern, std::size_t& at, char c) {
  bool matched = false;
  if (pattern[at] == '?') {
    ++at;
    return true;
  }
  if (pattern[at] == '[' && match_bracket(pattern, at, c, matched)) return matched;
  // fnmatch(3): a backslash with nothing after it matches nothing.
  if (pattern[at] == '\\' && ++at == pattern.size()) return false;
  return pattern[at++] == c;
}

}  // namespace

bool name_matches(std::string_view pattern, std::string_view name) {
  if (name.starts_with('.') && !pattern.starts_with('.') && !pattern.starts_with("\\."))
    return false;
  return path_part_matches(pattern, name);
}

bool path_part_matches(std::string_view pattern, std::string_view name) {
  std::size_t p = 0;
  std::size_t n = 0;
  std::size_t star = std::string_view::npos;  // where to resume after the last star
  std::size_t mark = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = ++p;
      mark = n;
      continue;
    }
    std::size_t next = p;
    if (p < pattern.size() && match_one(pattern, next, name[n])) {
      p = next;
      ++n;
      continue;
    }
    if (star == std::string_view::npos) return false;
    p = star;
    n = ++mark;
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace plimsoll
