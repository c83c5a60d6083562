#include "plugins/service/redis/numbers.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>

#include "plugins/service/redis/words.h"
#include "scanner/base/text.h"

namespace plimsoll::redis {
namespace {

constexpr std::size_t kLongestNumber = 20;  // string2ll
constexpr std::size_t kMostDigits = 127;    // memtoull

std::optional<std::uint64_t> unit_of(std::string_view text) {
  struct Unit {
    std::string_view name;
    std::uint64_t factor;
  };
  constexpr std::uint64_t k = 1000;
  constexpr std::uint64_t ki = 1024;
  constexpr Unit kUnits[] = {{"", 1},      {"b", 1},        {"k", k},         {"kb", ki},
                             {"m", k * k}, {"mb", ki * ki}, {"g", k * k * k}, {"gb", ki * ki * ki}};
  for (const Unit& unit : kUnits)
    if (iequals(text, unit.name)) return unit.factor;
  return std::nullopt;
}

/// A number in its shortest spelling: no sign but `-`, no leading zero (string2ll).
std::optional<std::int64_t> plain_number(std::string_view text) {
  if (text == "0") return 0;
  const std::string_view digits = text.substr(text.starts_with('-') ? 1 : 0);
  if (text.size() > kLongestNumber || digits.empty() || digits[0] < '1' || digits[0] > '9')
    return std::nullopt;
  return to_integer(text);
}

std::optional<std::int64_t> octal_number(std::string_view text) {
  const std::string copy(c_text(text));
  char* end = nullptr;
  errno = 0;
  const long long value = std::strtoll(copy.c_str(), &end, 8);
  if (errno != 0 || *end != '\0') return std::nullopt;
  return value;
}

std::optional<std::int64_t> parse(Kind kind, std::string_view text) {
  const bool is_share = kind == Kind::share;
  if (is_share || kind == Kind::size || kind == Kind::natural_size) {
    if (const auto bytes = size_of(text)) return static_cast<std::int64_t>(*bytes);
    if (!is_share || text.size() < 2 || !text.ends_with('%')) return std::nullopt;
    const auto percent = plain_number(text.substr(0, text.size() - 1));
    if (!percent || *percent < 0) return std::nullopt;
    return -*percent;
  }
  return kind == Kind::octal ? octal_number(text) : plain_number(text);
}

std::string_view complaint(Kind kind) {
  switch (kind) {
    case Kind::share:
      return "argument must be a memory or percent value";
    case Kind::size:
    case Kind::natural_size:
      return "argument must be a memory value";
    case Kind::octal:
      return "argument couldn't be parsed as an octal number";
    default:
      return "argument couldn't be parsed into an integer";
  }
}

/// What is wrong with a number that could be read; empty: nothing.
std::string out_of_bounds(const Option& option, std::int64_t value) {
  const bool is_unsigned = option.kind == Kind::natural || option.kind == Kind::natural_size ||
                           option.kind == Kind::octal;
  if (is_unsigned) {
    const auto bits = [](std::int64_t number) { return static_cast<std::uint64_t>(number); };
    if (bits(value) >= bits(option.least) && bits(value) <= bits(option.most)) return {};
    if (option.kind == Kind::octal)
      return fmt::format("argument must be between {:o} and {:o} inclusive", bits(option.least),
                         bits(option.most));
    return fmt::format("argument must be between {} and {} inclusive", bits(option.least),
                       bits(option.most));
  }
  if (option.kind == Kind::share && value < 0)
    return value >= option.least
               ? ""
               : fmt::format("percentage argument must be less or equal to {}", -option.least);
  if (value >= option.least && value <= option.most) return {};
  return fmt::format("argument must be between {} and {} inclusive", option.least, option.most);
}

}  // namespace

std::optional<std::uint64_t> size_of(std::string_view text) {
  text = c_text(text);
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto factor = unit_of(text.substr(digits));
  if (!factor || digits > kMostDigits) return std::nullopt;
  const std::string copy(text.substr(0, digits));
  return std::strtoull(copy.c_str(), nullptr, 10) * *factor;
}

std::optional<std::int64_t> c_number(std::string_view text) {
  const std::string copy(c_text(text));
  char* end = nullptr;
  const long long value = std::strtoll(copy.c_str(), &end, 10);
  if (*end != '\0') return std::nullopt;
  return value;
}

Result<std::string> take_number(const Option& option, std::string_view text) {
  const auto value = parse(option.kind, text);
  if (!value) return fail(ErrorCode::invalid, std::string(complaint(option.kind)));
  if (std::string wrong = out_of_bounds(option, *value); !wrong.empty())
    return fail(ErrorCode::invalid, std::move(wrong));
  if (option.kind == Kind::octal) return fmt::format("{:o}", *value);
  if (option.kind == Kind::share && *value < 0)
    return fmt::format("{}%", 0 - static_cast<std::uint64_t>(*value));
  if (option.kind == Kind::size || option.kind == Kind::natural_size)
    return std::to_string(static_cast<std::uint64_t>(*value));
  return std::to_string(*value);
}

}  // namespace plimsoll::redis
