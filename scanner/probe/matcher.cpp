#include "scanner/probe/matcher.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <limits>

#include "scanner/base/text.h"
#include "scanner/probe/expression.h"
#include "scanner/probe/value_text.h"

namespace plimsoll {
namespace {

constexpr std::array<std::string_view, 12> kOpNames = {
    "equals", "one_of",    "none_of",     "at_least", "at_most", "contains",
    "lacks",  "subset_of", "superset_of", "matches",  "present", "absent"};

using Elements = std::vector<std::string>;

bool is_collection(Type type) { return type == Type::list || type == Type::set; }

bool is_ordered(Type type) {
  return type == Type::integer || type == Type::mode || type == Type::duration ||
         type == Type::size || type == Type::version;
}

bool has(const Elements& elements, std::string_view element) {
  return std::find(elements.begin(), elements.end(), element) != elements.end();
}

bool all_among(const Elements& elements, const Elements& allowed) {
  return std::all_of(elements.begin(), elements.end(),
                     [&](const std::string& element) { return has(allowed, element); });
}

/// Durations are compared in microseconds, so that `500ms` is less than `1s`; a number that a probe
/// yields as a duration is in seconds.
Result<Value> comparable(Type type, std::string_view text) {
  if (type != Type::duration) return parse_value(type, text);
  const auto microseconds = parse_duration(text);
  if (!microseconds) return fail(microseconds.error());
  return Value{*microseconds};
}

Result<Value> comparable_value(Type type, const Value& value) {
  const auto* number = std::get_if<std::int64_t>(&value);
  if (type == Type::duration && number != nullptr)
    return *number == std::numeric_limits<std::int64_t>::max()
               ? comparable(type, "infinity")
               : comparable(type, std::to_string(*number));
  if (number != nullptr && (type == Type::integer || type == Type::mode || type == Type::size))
    return value;
  if (std::holds_alternative<bool>(value) && type == Type::boolean) return value;
  if (std::holds_alternative<Elements>(value) && is_collection(type)) return value;
  return comparable(type, to_text(value, type));
}

bool same(Type type, const Value& a, const Value& b) {
  if (type == Type::version)
    return compare_versions(std::get<std::string>(a), std::get<std::string>(b)) == 0;
  if (type == Type::set) {
    const auto& left = std::get<Elements>(a);
    const auto& right = std::get<Elements>(b);
    return all_among(left, right) && all_among(right, left);
  }
  return a == b;
}

/// Not for modes: their order is not total.
int order(Type type, const Value& a, const Value& b) {
  if (type == Type::version)
    return compare_versions(std::get<std::string>(a), std::get<std::string>(b));
  const auto left = std::get<std::int64_t>(a), right = std::get<std::int64_t>(b);
  return left < right ? -1 : left > right ? 1 : 0;
}

bool within(Type type, const Value& value, const Value& bound, bool most) {
  if (type != Type::mode) {
    const int sign = order(type, value, bound);
    return most ? sign <= 0 : sign >= 0;
  }
  const auto bits = static_cast<std::uint64_t>(std::get<std::int64_t>(value));
  const auto mask = static_cast<std::uint64_t>(std::get<std::int64_t>(bound));
  return most ? (bits & ~mask) == 0 : (bits & mask) == mask;
}

/// `10:30:60`: several numbers that bound several things, which a text may hold.
using Numbers = std::vector<std::int64_t>;
std::optional<Numbers> numbers_in(std::string_view text) {
  Numbers out;
  for (const std::string_view part : split(text, ':')) {
    const auto number = to_integer(part);
    if (!number) return std::nullopt;
    out.push_back(*number);
  }
  return out;
}

bool is_bound(const Elements& operands) {
  return operands.size() == 1 && operands[0].find(':') != std::string::npos &&
         numbers_in(operands[0]).has_value();
}

Result<bool> each_within(std::string_view text, const std::string& bound, bool most) {
  const auto values = numbers_in(text);
  const auto bounds = numbers_in(bound);
  if (!values || !bounds || values->size() != bounds->size())
    return fail(ErrorCode::invalid, fmt::format("`{}` does not compare with `{}`", text, bound));
  return std::equal(values->begin(), values->end(), bounds->begin(),
                    [&](std::int64_t value, std::int64_t other) {
                      return most ? value <= other : value >= other;
                    });
}

std::string quoted(std::string_view text) {
  return text.empty() ? "an empty value" : fmt::format("`{}`", text);
}

std::string enumerate(const Elements& operands, std::string_view last) {
  std::string out;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    if (i > 0) out += i + 1 == operands.size() ? fmt::format(" {} ", last) : ", ";
    out += quoted(operands[i]);
  }
  return out.empty() ? "nothing" : out;
}

/// What is wrong with an operator on a type or with the number of its operands; empty when nothing
/// is.
std::string misuse(Op op, Type type, const Elements& operands) {
  const std::string_view name = name_of(op);
  switch (op) {
    case Op::at_least:
    case Op::at_most:
      if (!is_ordered(type) && !(type == Type::text && is_bound(operands)))
        return fmt::format("`{}` needs a value with an order, not {}", name, with_article(type));
      break;
    case Op::subset_of:
    case Op::superset_of:
      if (is_collection(type)) return {};
      return fmt::format("`{}` needs a list or a set, not {}", name, with_article(type));
    case Op::contains:
    case Op::lacks:
      if (!is_collection(type) && type != Type::text)
        return fmt::format("`{}` needs a text, a list or a set, not {}", name, with_article(type));
      break;
    case Op::present:
    case Op::absent:
      if (operands == Elements{"true"}) return {};
      return fmt::format("`{}` takes `true` and nothing else", name);
    case Op::equals:
      if (is_collection(type)) return {};
      break;
    case Op::one_of:
    case Op::none_of:
    case Op::matches:
      break;
  }
  const bool several = op == Op::one_of || op == Op::none_of || op == Op::lacks;
  if (operands.empty()) return fmt::format("`{}` needs an operand", name);
  if (operands.size() > 1 && !several) return fmt::format("`{}` takes one operand", name);
  return {};
}

}  // namespace

std::string_view name_of(Op op) { return kOpNames.at(static_cast<std::size_t>(op)); }

std::optional<Op> op_named(std::string_view name) {
  const auto found = std::find(kOpNames.begin(), kOpNames.end(), name);
  if (found == kOpNames.end()) return std::nullopt;
  return static_cast<Op>(found - kOpNames.begin());
}

Result<Matcher> Matcher::compile(Op op, Type type, std::vector<std::string> operands) {
  if (std::string wrong = misuse(op, type, operands); !wrong.empty())
    return fail(ErrorCode::invalid, std::move(wrong));
  Matcher matcher;
  matcher.op_ = op;
  matcher.type_ = type;
  matcher.operands_ = std::move(operands);
  if (op == Op::matches) {
    auto expression = compile_expression(matcher.operands_.front());
    if (!expression) return fail(expression.error());
    matcher.expression_ = std::move(*expression);
  } else if (op == Op::equals && is_collection(type)) {
    Elements whole;
    for (const std::string& operand : matcher.operands_)
      for (const std::string_view element : words(operand, kSeparators))
        whole.emplace_back(element);
    matcher.values_.emplace_back(std::move(whole));
  } else if (type != Type::text && (op == Op::equals || op == Op::one_of || op == Op::none_of ||
                                    op == Op::at_least || op == Op::at_most)) {
    for (const std::string& operand : matcher.operands_) {
      auto value = comparable(type, operand);
      if (!value) return fail(value.error());
      matcher.values_.push_back(std::move(*value));
    }
  }
  return matcher;
}

Result<bool> Matcher::test(std::string_view text) const {
  if (op_ == Op::present || op_ == Op::absent) return op_ == Op::present;
  if (op_ == Op::matches)
    return re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()), *expression_);
  if (type_ == Type::text && (op_ == Op::at_most || op_ == Op::at_least))
    return each_within(text, operands_.front(), op_ == Op::at_most);
  if (type_ == Type::text) return compare_text(text);
  auto value = comparable(type_, text);
  if (!value) return fail(value.error());
  return compare(*value);
}

Result<bool> Matcher::test(const Value& value) const {
  if (std::holds_alternative<std::monostate>(value))
    return op_ == Op::absent || op_ == Op::none_of || op_ == Op::lacks;
  if (const auto* text = std::get_if<std::string>(&value)) return test(*text);
  if (op_ == Op::present || op_ == Op::absent || op_ == Op::matches || type_ == Type::text)
    return test(to_text(value, type_));
  auto typed = comparable_value(type_, value);
  if (!typed) return fail(typed.error());
  return compare(*typed);
}

bool Matcher::compare(const Value& value) const {
  const auto is_operand = [&](const Value& operand) { return same(type_, value, operand); };
  switch (op_) {
    case Op::equals:
    case Op::one_of:
      return std::any_of(values_.begin(), values_.end(), is_operand);
    case Op::none_of:
      return std::none_of(values_.begin(), values_.end(), is_operand);
    case Op::at_least:
      return within(type_, value, values_.front(), false);
    case Op::at_most:
      return within(type_, value, values_.front(), true);
    case Op::contains:
      return holds_any(value);
    case Op::lacks:
      return !holds_any(value);
    case Op::subset_of:
      return all_among(std::get<Elements>(value), operands_);
    case Op::superset_of:
      return all_among(operands_, std::get<Elements>(value));
    case Op::matches:
    case Op::present:
    case Op::absent:
      break;
  }
  return false;
}

std::vector<std::string> Matcher::unwanted(std::string_view value) const {
  Elements out;
  if (!is_collection(type_) || (op_ != Op::subset_of && op_ != Op::lacks)) return out;
  for (const std::string_view element : words(value, kSeparators))
    if (has(operands_, element) == (op_ == Op::lacks) && !has(out, element))
      out.emplace_back(element);
  return out;
}

bool Matcher::holds_any(const Value& value) const {
  return std::any_of(operands_.begin(), operands_.end(), [&](const std::string& operand) {
    return has(std::get<Elements>(value), operand);
  });
}

/// Most fields are texts, and a walk asks for millions: nothing is copied here.
bool Matcher::compare_text(std::string_view text) const {
  const auto is_part = [&](const std::string& operand) {
    return text.find(operand) != std::string_view::npos;
  };
  if (op_ == Op::contains || op_ == Op::lacks)
    return std::any_of(operands_.begin(), operands_.end(), is_part) == (op_ == Op::contains);
  return has(operands_, text) == (op_ != Op::none_of);
}

std::string Matcher::describe() const {
  switch (op_) {
    case Op::equals:
      return enumerate(operands_, "and");
    case Op::one_of:
      return enumerate(operands_, "or");
    case Op::none_of:
      return "anything but " + enumerate(operands_, "or");
    case Op::at_least:
      return (type_ == Type::mode ? "all bits of " : "at least ") + quoted(operands_.front());
    case Op::at_most:
      return type_ == Type::mode ? quoted(operands_.front()) + " or stricter"
                                 : "at most " + quoted(operands_.front());
    case Op::contains:
      return "a value with " + quoted(operands_.front());
    case Op::lacks:
      return "a value without " + enumerate(operands_, "or");
    case Op::subset_of:
      return "nothing but " + enumerate(operands_, "and");
    case Op::superset_of:
      return "at least " + enumerate(operands_, "and");
    case Op::matches:
      return "a match of " + quoted(operands_.front());
    case Op::present:
      return "a value";
    case Op::absent:
      return "no value";
  }
  return {};
}

}  // namespace plimsoll
