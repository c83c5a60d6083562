#include "plugins/framework/spring/profiles.h"

#include <algorithm>

#include "scanner/base/text.h"

namespace plimsoll::spring {
namespace {

constexpr std::size_t kMostConditions = 64;
constexpr std::size_t kDeepest = 32;

bool is_impossible(const Condition& condition) {
  return std::any_of(condition.begin(), condition.end(), [&](const std::string& one) {
    return one.starts_with('!') && condition.contains(one.substr(1));
  });
}

void add(std::vector<Condition>& out, Condition condition) {
  if (!is_impossible(condition) && std::find(out.begin(), out.end(), condition) == out.end())
    out.push_back(std::move(condition));
}

Conditions either(const Conditions& a, const Conditions& b) {
  Conditions out = a;
  for (const Condition& condition : b.any) add(out.any, condition);
  out.malformed = a.malformed || b.malformed || out.any.size() > kMostConditions;
  return out;
}

/// De Morgan: for each condition one of its parts fails.
Conditions negated(const Conditions& a) {
  Conditions out{{Condition{}}, a.malformed};
  for (const Condition& condition : a.any) {
    Conditions one;
    for (const std::string& name : condition)
      one.any.push_back({name.starts_with('!') ? name.substr(1) : "!" + name});
    out = both(out, one);
  }
  return out;
}

/// `&` and `|` may not stand beside each other without brackets.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Conditions run() {
    Conditions out = expression(0);
    if (at_ < text_.size()) out.malformed = true;
    return out;
  }

 private:
  char next() {
    while (at_ < text_.size() && kBlanks.find(text_[at_]) != std::string_view::npos) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }

  Conditions expression(std::size_t depth) {
    Conditions out = operand(depth);
    char sign = '\0';
    for (char c = next(); c == '&' || c == '|'; c = next()) {
      if (sign != '\0' && sign != c) out.malformed = true;
      sign = c;
      ++at_;
      const Conditions right = operand(depth);
      out = c == '&' ? both(out, right) : either(out, right);
      if (out.malformed) break;
    }
    return out;
  }

  Conditions operand(std::size_t depth) {
    const char c = next();
    if (depth > kDeepest || c == '\0' || c == ')' || c == '&' || c == '|') return {{}, true};
    if (c == '!') {
      ++at_;
      return negated(operand(depth + 1));
    }
    if (c == '(') {
      ++at_;
      Conditions out = expression(depth + 1);
      if (next() == ')')
        ++at_;
      else
        out.malformed = true;
      return out;
    }
    const std::size_t end = std::min(text_.find_first_of("()&|!", at_), text_.size());
    const std::string_view name = trim(text_.substr(at_, end - at_));
    at_ = end;
    return {{{std::string(name)}}, false};
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

Conditions read_profiles(std::string_view expression) {
  Conditions out;
  for (const std::string_view one : split(expression, ',')) {
    if (trim(one).empty()) continue;
    out = either(out, Parser(trim(one)).run());
  }
  return out;
}

Conditions both(const Conditions& a, const Conditions& b) {
  Conditions out;
  out.malformed = a.malformed || b.malformed;
  for (const Condition& left : a.any)
    for (const Condition& right : b.any) {
      Condition all = left;
      all.insert(right.begin(), right.end());
      add(out.any, std::move(all));
      if (out.any.size() > kMostConditions) {
        out.malformed = true;
        return out;
      }
    }
  return out;
}

std::string name_of(const Condition& condition) {
  return join(std::vector<std::string>(condition.begin(), condition.end()), " & ");
}

}  // namespace plimsoll::spring
