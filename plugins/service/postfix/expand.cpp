#include "plugins/service/postfix/expand.h"

#include <algorithm>
#include <array>
#include <utility>

#include "scanner/base/text.h"

namespace plimsoll::postfix {
namespace {

constexpr std::string_view kSpace = " \t\r\n";
constexpr std::size_t kLevels = 100;  // of names in names, as in Postfix
constexpr std::size_t kDepth = 64;    // of comparisons in comparisons, which Postfix does not bound

bool is_alnum(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string_view skip_space(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
  return text;
}

/// One number of a compatibility level, as strtol(3) reads it; the rest stays in `text`.
std::optional<std::int64_t> level_number(std::string_view& text, std::int64_t most) {
  const std::string_view body = trim_left(text);
  const std::size_t sign = !body.empty() && (body.front() == '+' || body.front() == '-') ? 1 : 0;
  const std::size_t end = std::min(body.find_first_not_of("0123456789", sign), body.size());
  if (end == sign) return std::nullopt;
  const auto number = to_integer(body.substr(body.front() == '+' ? 1 : 0, end));
  if (!number || *number < 0 || *number > most) return std::nullopt;
  text = body.substr(end);
  return number;
}

/// postconf(5), compatibility_level: `major`, `major.minor` or `major.minor.patch`.
std::optional<std::array<std::int64_t, 3>> compatibility_level(std::string_view text) {
  constexpr std::array<std::int64_t, 3> kMost = {INT64_MAX >> 20, 1023, 1023};
  std::array<std::int64_t, 3> out = {};
  for (std::size_t part = 0; part < out.size(); ++part) {
    const auto number = level_number(text, kMost[part]);
    if (!number) return std::nullopt;
    out[part] = *number;
    if (text.empty()) return out;
    if (text.front() != '.') return std::nullopt;
    text.remove_prefix(1);
  }
  return std::nullopt;
}

std::optional<bool> holds(std::string_view op, int order) {
  if (op == "==") return order == 0;
  if (op == "!=") return order != 0;
  if (op == "<") return order < 0;
  if (op == "<=") return order <= 0;
  if (op == ">=") return order >= 0;
  if (op == ">") return order > 0;
  return std::nullopt;
}

template <class T>
int order_of(const T& a, const T& b) {
  return a < b ? -1 : b < a ? 1 : 0;
}

class Expander {
 public:
  Expander(const Lookup& lookup, std::size_t& budget, bool scan)
      : lookup_(lookup), budget_(budget), scan_(scan) {}

  bool text(std::string_view value, std::size_t level);

  std::string out;
  Error error;

 private:
  /// The text between the braces that `rest` begins with; `rest` is then what follows, without
  /// blanks.
  bool payload(std::string_view& rest, std::string_view& inside);
  bool operand(std::string_view& rest, std::string_view& inside);
  bool reference(std::string_view value, std::size_t& at, std::string_view& inside);
  bool literal(std::string_view value, std::size_t level);
  bool expression(std::string_view inside, std::size_t level);
  bool named(std::string_view& rest, char& op, std::string_view& name);
  bool comparison(std::string_view& rest, char& op, bool& truth);
  bool compare(std::string_view left, std::string_view op, std::string_view suffix,
               std::string_view right, bool& truth);
  bool choose(std::string_view rest, char op, bool truth, std::size_t level);
  bool inner(std::string_view value, std::string& result);
  bool enter(std::size_t level, std::size_t cost);
  bool fail(std::string what, ErrorCode code = ErrorCode::invalid) {
    error = {code, std::move(what), {}};
    return false;
  }

  const Lookup& lookup_;
  std::size_t& budget_;
  bool scan_;  // every branch is looked at, and nothing is written
  std::size_t depth_ = 0;
};

bool Expander::enter(std::size_t level, std::size_t cost) {
  if (level > kLevels)
    return fail("names stand for names more than 100 levels deep, or in a circle");
  cost += 16;
  if (budget_ < cost) return fail("expanding the names in values takes too long", ErrorCode::limit);
  budget_ -= cost;
  return true;
}

bool Expander::literal(std::string_view value, std::size_t level) {
  if (!enter(level, value.size())) return false;
  if (!scan_) out += value;
  return true;
}

/// What stands behind a dollar at `at`: a name, or what is in braces or parentheses.
bool Expander::reference(std::string_view value, std::size_t& at, std::string_view& inside) {
  const std::string_view rest = value.substr(at);
  std::size_t end = 0;
  if (rest.starts_with('{') || rest.starts_with('(')) {
    const char close = rest.front() == '{' ? '}' : ')';
    std::size_t open = 0;
    do {
      if (end == rest.size()) return fail("a `${` or `$(` is not closed");
      if (rest[end] == rest.front()) ++open;
      if (rest[end] == close) --open;
      ++end;
    } while (open > 0);
    inside = rest.substr(1, end - 2);
  } else {
    while (end < rest.size() && (is_alnum(rest[end]) || rest[end] == '_')) ++end;
    inside = rest.substr(0, end);
  }
  at += end;
  return !inside.empty() || fail("a `$` without a name");
}

/// `$$` is a dollar; `$name`, `${...}` and `$(...)` are expressions.
bool Expander::text(std::string_view value, std::size_t level) {
  std::string plain;
  for (std::size_t at = 0; at < value.size();) {
    if (value[at] != '$') {
      const std::size_t end = std::min(value.find('$', at), value.size());
      plain += value.substr(at, end - at);
      at = end;
      continue;
    }
    if (value.substr(at).starts_with("$$")) {
      plain += '$';
      at += 2;
      continue;
    }
    if (!plain.empty() && !literal(plain, level)) return false;
    plain.clear();
    ++at;
    std::string_view inside;
    if (!reference(value, at, inside) || !expression(inside, level)) return false;
  }
  return plain.empty() || literal(plain, level);
}

bool Expander::payload(std::string_view& rest, std::string_view& inside) {
  std::size_t nested = 0;
  for (std::size_t at = 0; at < rest.size(); ++at) {
    if (rest[at] == '{') ++nested;
    if (rest[at] != '}' || --nested > 0) continue;
    inside = rest.substr(1, at - 1);
    rest = skip_space(rest.substr(at + 1));
    return true;
  }
  return fail("braces in an expression are not balanced");
}

/// Braces around it, or else all that is left.
bool Expander::operand(std::string_view& rest, std::string_view& inside) {
  const std::string_view body = skip_space(rest);
  if (body.starts_with('{')) {
    rest = body;
    return payload(rest, inside);
  }
  inside = rest;
  rest = {};
  return true;
}

/// `name`, `name?...` or `name:...`, with blanks around the name.
bool Expander::named(std::string_view& rest, char& op, std::string_view& name) {
  rest = skip_space(rest);
  const std::size_t end = std::min(rest.find_first_of("?: \t\r\n"), rest.size());
  name = rest.substr(0, end);
  for (const char c : name)
    if (!is_alnum(c) && c != '_')
      return fail("a name holds other characters than letters, digits and _");
  rest = skip_space(rest.substr(end));
  op = 0;
  if (rest.empty()) return true;
  if (rest.front() != '?' && rest.front() != ':') return fail("a name has a blank in it");
  op = rest.front();
  rest.remove_prefix(1);
  return true;
}

bool Expander::inner(std::string_view value, std::string& result) {
  if (depth_ >= kDepth) return fail("comparisons in comparisons, too deep", ErrorCode::limit);
  ++depth_;
  std::string outer = std::exchange(out, {});
  const bool good = text(value, 0);
  result = std::exchange(out, std::move(outer));
  --depth_;
  return good;
}

bool Expander::compare(std::string_view left, std::string_view op, std::string_view suffix,
                       std::string_view right, bool& truth) {
  int order = 0;
  if (suffix == "level") {
    const auto a = compatibility_level(left), b = compatibility_level(right);
    if (!a || !b) return fail("not a compatibility level");
    order = order_of(*a, *b);
  } else if (all_digits(left) && all_digits(right)) {
    const auto a = to_integer(left), b = to_integer(right);
    if (!a || !b) return fail("a number is too large");
    order = order_of(*a, *b);
  } else {
    order = order_of(left, right);
  }
  truth = *holds(op, order);
  return true;
}

/// `{left} OPERATOR {right}`, the operator perhaps with the suffix `level`.
bool Expander::comparison(std::string_view& rest, char& op, bool& truth) {
  std::string_view left, right;
  if (!payload(rest, left)) return false;
  const std::size_t end = std::min(rest.find_first_not_of("<>!=?+-*/~&|%"), rest.size());
  const std::string_view sign = rest.substr(0, end);
  if (!holds(sign, 0)) return fail("no comparison: `" + std::string(sign) + "`");
  rest.remove_prefix(end);
  std::size_t suffix_end = 0;
  while (suffix_end < rest.size() && is_alnum(rest[suffix_end])) ++suffix_end;
  const std::string_view suffix = rest.substr(0, suffix_end);
  if (!suffix.empty() && suffix != "level")
    return fail("no comparison: `" + std::string(sign) + std::string(suffix) + "`");
  rest = skip_space(rest.substr(suffix_end));
  if (!rest.starts_with('{')) return fail("the right side of a comparison is missing");
  if (!payload(rest, right)) return false;
  std::string a, b;
  if (!inner(left, a) || !inner(right, b)) return false;
  if (!scan_ && !compare(a, sign, suffix, b, truth)) return false;
  op = 0;
  if (rest.empty()) return true;
  if (rest.front() != '?' && rest.front() != ':') return fail("a `?` or `:` is missing");
  op = rest.front();
  rest.remove_prefix(1);
  return true;
}

/// What follows the `?` or the `:`.
bool Expander::choose(std::string_view rest, char op, bool truth, std::size_t level) {
  std::string_view chosen;
  if (op == '?') {
    if (!operand(rest, chosen)) return false;
    if ((truth || scan_) && !text(chosen, level)) return false;
    if (rest.empty()) return true;
    if (rest.front() != ':') return fail("a `:` is missing");
    rest.remove_prefix(1);
  }
  if (!operand(rest, chosen)) return false;
  if ((!truth || scan_) && !text(chosen, level)) return false;
  return rest.empty() || fail("something follows an expression");
}

bool Expander::expression(std::string_view inside, std::size_t level) {
  if (!enter(level, inside.size())) return false;
  std::string_view rest = skip_space(inside), name;
  std::optional<std::string_view> value;
  char op = 0;
  if (rest.starts_with('{')) {
    bool truth = false;
    if (!comparison(rest, op, truth)) return false;
    value = truth ? "true" : "";
  } else {
    if (!named(rest, op, name)) return false;
    value = lookup_(name);
  }
  const bool truth = value && !value->empty();
  if (op != 0) return choose(rest, op, truth, level + 1);
  return !truth || scan_ || text(*value, level + 1);
}

}  // namespace

Result<std::string> expand(std::string_view value, const Lookup& lookup, std::size_t& budget) {
  Expander expander(lookup, budget, false);
  if (!expander.text(value, 0)) return fail(expander.error);
  return std::move(expander.out);
}

void for_each_name(std::string_view value, const std::function<void(std::string_view)>& visit) {
  std::size_t budget = std::size_t{1} << 22U;
  const Lookup lookup = [&visit](std::string_view name) -> std::optional<std::string_view> {
    visit(name);
    return std::nullopt;
  };
  Expander expander(lookup, budget, true);
  (void)expander.text(value, 0);
}

}  // namespace plimsoll::postfix
