#include "scanner/probe/value_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include "scanner/base/text.h"
#include "scanner/probe/matcher.h"

namespace plimsoll {
namespace {

constexpr std::int64_t kInfinity = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kSecond = 1'000'000;

struct Unit {
  std::string_view name;
  std::int64_t factor;
};

// systemd.time(7), "Parsing Time Spans"; a month is 30.44 and a year 365.25 days there.
constexpr std::array kTimeUnits = {
    Unit{"", kSecond},
    Unit{"s", kSecond},
    Unit{"sec", kSecond},
    Unit{"second", kSecond},
    Unit{"seconds", kSecond},
    Unit{"us", 1},
    Unit{"usec", 1},
    Unit{"\xC2\xB5s", 1},
    Unit{"\xCE\xBCs", 1},
    Unit{"ms", 1000},
    Unit{"msec", 1000},
    Unit{"m", 60 * kSecond},
    Unit{"min", 60 * kSecond},
    Unit{"minute", 60 * kSecond},
    Unit{"minutes", 60 * kSecond},
    Unit{"h", 3600 * kSecond},
    Unit{"hr", 3600 * kSecond},
    Unit{"hour", 3600 * kSecond},
    Unit{"hours", 3600 * kSecond},
    Unit{"d", 86400 * kSecond},
    Unit{"day", 86400 * kSecond},
    Unit{"days", 86400 * kSecond},
    Unit{"w", 604800 * kSecond},
    Unit{"week", 604800 * kSecond},
    Unit{"weeks", 604800 * kSecond},
    Unit{"M", 2629800 * kSecond},
    Unit{"month", 2629800 * kSecond},
    Unit{"months", 2629800 * kSecond},
    Unit{"y", 31557600 * kSecond},
    Unit{"year", 31557600 * kSecond},
    Unit{"years", 31557600 * kSecond},
};

// By the lower-case spelling, without the `b` or `ib` at the end.
constexpr std::array kSizeUnits = {
    Unit{"", 1},          Unit{"k", 1LL << 10}, Unit{"m", 1LL << 20}, Unit{"g", 1LL << 30},
    Unit{"t", 1LL << 40}, Unit{"p", 1LL << 50}, Unit{"e", 1LL << 60},
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Takes digits with at most one point from the front, times `factor`; empty on overflow.
class Number {
 public:
  static std::optional<Number> take(std::string_view& text) {
    Number number;
    const auto whole = std::min(text.find_first_not_of("0123456789"), text.size());
    number.whole_ = text.substr(0, whole);
    text.remove_prefix(whole);
    if (text.starts_with('.')) {
      text.remove_prefix(1);
      const auto part = std::min(text.find_first_not_of("0123456789"), text.size());
      number.part_ = text.substr(0, part);
      text.remove_prefix(part);
      if (number.part_.empty()) return std::nullopt;
    }
    if (number.whole_.empty() && number.part_.empty()) return std::nullopt;
    return number;
  }

  [[nodiscard]] std::optional<std::int64_t> times(std::int64_t factor) const {
    const auto whole = to_integer(whole_.empty() ? "0" : whole_);
    std::int64_t out = 0;
    if (!whole || __builtin_mul_overflow(*whole, factor, &out)) return std::nullopt;
    // Nine digits after the point are finer than a microsecond of a day, or a byte of a gigabyte.
    std::int64_t part = 0, scale = 1;
    for (const char digit : part_.substr(0, 9)) {
      part = part * 10 + (digit - '0');
      scale *= 10;
    }
    const std::int64_t fraction = factor / scale * part + factor % scale * part / scale;
    if (__builtin_add_overflow(out, fraction, &out)) return std::nullopt;
    return out;
  }

 private:
  std::string_view whole_, part_;
};

template <class Units>
std::optional<std::int64_t> factor_of(const Units& units, std::string_view name) {
  const auto found =
      std::find_if(units.begin(), units.end(), [&](const Unit& unit) { return unit.name == name; });
  if (found == units.end()) return std::nullopt;
  return found->factor;
}

tl::unexpected<Error> not_a(Type type, std::string_view text) {
  return fail(ErrorCode::invalid, text.empty()
                                      ? fmt::format("an empty value is not {}", with_article(type))
                                      : fmt::format("`{}` is not {}", text, with_article(type)));
}

Result<Value> parse_boolean(std::string_view text) {
  for (const std::string_view yes : {"yes", "on", "true", "1", "enabled"})
    if (iequals(text, yes)) return Value{true};
  for (const std::string_view no : {"no", "off", "false", "0", "disabled"})
    if (iequals(text, no)) return Value{false};
  return not_a(Type::boolean, text);
}

/// As strtol(3) with base 0 reads it, but the whole text.
Result<Value> parse_integer(std::string_view text) {
  std::string_view digits = text;
  const bool negative = digits.starts_with('-');
  if (negative || digits.starts_with('+')) digits.remove_prefix(1);
  int base = 10;
  if (istarts_with(digits, "0x")) {
    base = 16;
    digits.remove_prefix(2);
  } else if (digits.size() > 1 && digits.front() == '0') {
    base = 8;
  }
  if (digits.empty() || digits.front() == '-' || digits.front() == '+')
    return not_a(Type::integer, text);
  const auto value = to_integer(digits, base);
  if (!value) return not_a(Type::integer, text);
  return Value{negative ? -*value : *value};
}

Result<Value> parse_mode(std::string_view text) {
  const std::string_view digits = text.starts_with("0o") ? text.substr(2) : text;
  const auto value =
      !digits.empty() && is_digit(digits.front()) ? to_integer(digits, 8) : std::nullopt;
  if (!value || *value > 07777) return not_a(Type::mode, text);
  return Value{*value};
}

Result<Value> parse_version(std::string_view text) {
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view(".+-~:_").find(c) != std::string_view::npos;
  });
  if (text.empty() || !plain) return not_a(Type::version, text);
  return Value{std::string(text)};
}

Value parse_elements(std::string_view text) {
  const auto parts = words(text, kSeparators);
  return std::vector<std::string>(parts.begin(), parts.end());
}

// --- deb-version(7), "Sorting algorithm"

int rank(char c) {
  if (c == '~') return -1;
  if (is_digit(c)) return 0;
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return static_cast<unsigned char>(c) + (letter ? 0 : 256);
}

std::string_view take_digits(std::string_view& text) {
  const auto end = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::string_view digits = text.substr(0, end);
  text.remove_prefix(end);
  const auto significant = std::min(digits.find_first_not_of('0'), digits.size());
  return digits.substr(significant);
}

int compare_digits(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  return a.compare(b);
}

int compare_part(std::string_view a, std::string_view b) {
  while (!a.empty() || !b.empty()) {
    while ((!a.empty() && !is_digit(a.front())) || (!b.empty() && !is_digit(b.front()))) {
      const int left = a.empty() ? 0 : rank(a.front());
      const int right = b.empty() ? 0 : rank(b.front());
      if (left != right) return left - right;
      a.remove_prefix(1);
      b.remove_prefix(1);
    }
    const std::string_view left = take_digits(a), right = take_digits(b);
    if (const int sign = compare_digits(left, right); sign != 0) return sign;
  }
  return 0;
}

struct Version {
  std::string_view epoch, upstream, revision;
};

Version split_version(std::string_view text) {
  Version out;
  const auto colon = text.find(':');
  if (colon != std::string_view::npos) {
    out.epoch = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  const auto dash = text.rfind('-');
  out.upstream = text.substr(0, dash);
  if (dash != std::string_view::npos) out.revision = text.substr(dash + 1);
  return out;
}

}  // namespace

std::string_view with_article(Type type) {
  constexpr std::array<std::string_view, 9> kNames = {"a text",    "a boolean",  "an integer",
                                                      "a mode",    "a duration", "a size",
                                                      "a version", "a list",     "a set"};
  return kNames.at(static_cast<std::size_t>(type));
}

Result<std::int64_t> parse_duration(std::string_view text) {
  std::string_view rest = trim(text);
  if (rest == "infinity") return kInfinity;
  if (rest.empty()) return not_a(Type::duration, text);
  std::int64_t total = 0;
  while (!(rest = trim_left(rest)).empty()) {
    const auto number = Number::take(rest);
    if (!number) return not_a(Type::duration, text);
    rest = trim_left(rest);
    const auto end = std::min(rest.find_first_of("0123456789. \t"), rest.size());
    const auto factor = factor_of(kTimeUnits, rest.substr(0, end));
    const auto span = factor ? number->times(*factor) : std::nullopt;
    if (!span || __builtin_add_overflow(total, *span, &total)) return not_a(Type::duration, text);
    rest.remove_prefix(end);
  }
  return total;
}

Result<std::int64_t> parse_size(std::string_view text) {
  std::string_view rest = trim(text);
  if (rest == "infinity") return kInfinity;
  const auto number = Number::take(rest);
  if (!number) return not_a(Type::size, text);
  std::string unit = lower(trim_left(rest));
  if (unit.ends_with('b')) unit.pop_back();
  if (unit.size() == 2 && unit.back() == 'i') unit.pop_back();
  const auto factor = factor_of(kSizeUnits, unit);
  const auto bytes = factor ? number->times(*factor) : std::nullopt;
  if (!bytes) return not_a(Type::size, text);
  return *bytes;
}

Result<Value> parse_value(Type type, std::string_view text) {
  switch (type) {
    case Type::text:
      return Value{std::string(text)};
    case Type::boolean:
      return parse_boolean(text);
    case Type::integer:
      return parse_integer(text);
    case Type::mode:
      return parse_mode(text);
    case Type::version:
      return parse_version(text);
    case Type::list:
    case Type::set:
      return parse_elements(text);
    case Type::size: {
      const auto bytes = parse_size(text);
      if (!bytes) return fail(bytes.error());
      return Value{*bytes};
    }
    case Type::duration:
      break;
  }
  const auto span = parse_duration(text);
  if (!span) return fail(span.error());
  return Value{*span == kInfinity ? kInfinity : *span / kSecond + (*span % kSecond > 0 ? 1 : 0)};
}

std::string to_text(const Value& value, Type type) {
  if (std::holds_alternative<std::monostate>(value)) return {};
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* number = std::get_if<std::int64_t>(&value))
    return type == Type::mode ? fmt::format("{:04o}", *number) : std::to_string(*number);
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) return join(*list, ",");
  return std::get<std::string>(value);
}

int compare_versions(std::string_view a, std::string_view b) {
  const Version left = split_version(a), right = split_version(b);
  std::string_view left_epoch = left.epoch, right_epoch = right.epoch;
  if (const int sign = compare_digits(take_digits(left_epoch), take_digits(right_epoch)); sign != 0)
    return sign;
  if (const int sign = compare_part(left.upstream, right.upstream); sign != 0) return sign;
  return compare_part(left.revision, right.revision);
}

}  // namespace plimsoll
