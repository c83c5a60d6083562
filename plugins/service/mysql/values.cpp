#include "plugins/service/mysql/values.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <optional>

#include "scanner/base/text.h"

namespace plimsoll::mysql {
namespace {

tl::unexpected<Error> wrong(const Option& option, std::string_view text) {
  return fail(ErrorCode::invalid, fmt::format("`{}` cannot be `{}`", option.name, text));
}

/// strtoull(3) and strtoll(3): blanks, a sign, digits; what follows is left in `rest`.
struct Digits {
  std::uint64_t value = 0;
  bool is_negative = false, is_too_large = false;
  std::string_view rest;
};

Digits read_digits(std::string_view text) {
  Digits out;
  const std::string_view whole = text;
  text = trim_left(text);
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    out.is_negative = text[0] == '-';
    text.remove_prefix(1);
  }
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out.value);
  out.is_too_large = error == std::errc::result_out_of_range;
  out.rest = error == std::errc::invalid_argument
                 ? whole
                 : text.substr(static_cast<std::size_t>(end - text.data()));
  if (error == std::errc::invalid_argument) out.is_negative = false;
  return out;
}

/// my_getopt.c, eval_num_suffix: the first letter counts, whatever follows it.
std::optional<unsigned> shift_of(std::string_view suffix) {
  if (suffix.empty()) return 0U;
  constexpr std::string_view kLetters = "kmgtpe";
  const std::size_t at = kLetters.find(lower(suffix.substr(0, 1)));
  if (at == std::string_view::npos) return std::nullopt;
  return static_cast<unsigned>(10 * (at + 1));
}

Result<std::string> natural(const Option& option, std::string_view text) {
  const Digits digits = read_digits(text);
  const auto shift = shift_of(digits.rest);
  if (text.starts_with('-') || digits.is_too_large || !shift) return wrong(option, text);
  std::uint64_t value = digits.is_negative ? 0 - digits.value : digits.value;
  value <<= *shift;
  value = std::min(value, option.most);
  value -= value % std::max<std::uint64_t>(1, option.block);
  return fmt::format("{}", std::max(value, option.least));
}

Result<std::string> integer(const Option& option, std::string_view text) {
  const Digits digits = read_digits(text);
  const auto shift = shift_of(digits.rest);
  const std::uint64_t most = digits.is_negative ? std::uint64_t{1} << 63U : INT64_MAX;
  if (digits.is_too_large || digits.value > most || !shift) return wrong(option, text);
  auto value =
      std::bit_cast<std::int64_t>((digits.is_negative ? 0 - digits.value : digits.value) << *shift);
  value = std::min(value, std::bit_cast<std::int64_t>(option.most));
  value -= value % static_cast<std::int64_t>(std::max<std::uint64_t>(1, option.block));
  return fmt::format("{}", std::max(value, std::bit_cast<std::int64_t>(option.least)));
}

Result<std::string> real(const Option& option, std::string_view text) {
  double value = 0;
  std::string_view digits = text;
  if (digits.starts_with('+')) digits.remove_prefix(1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (!text.empty() && (error != std::errc() || end != digits.data() + digits.size()))
    return wrong(option, text);
  if (!std::isfinite(value)) return wrong(option, text);
  if (option.most_real != 0) value = std::min(value, option.most_real);
  return fmt::format("{:g}", std::max(value, option.least_real));
}

/// typelib.c, find_type: the whole word in any case, or the only one that begins so. Below 0: none;
/// the number of words: several.
int find_word(const Option& option, std::string_view text) {
  const std::size_t count = option.words.size();
  const std::string_view name = trim_right(text, " ");
  int found = -1;
  for (std::size_t i = 0; i < count; ++i) {
    if (iequals(option.words[i], name)) return static_cast<int>(i);
    if (!istarts_with(option.words[i], text)) continue;
    found = found < 0 ? static_cast<int>(i) : static_cast<int>(count);
  }
  return text.empty() ? -1 : found;
}

Result<std::string> choice(const Option& option, std::string_view text) {
  const int found = find_word(option, text);
  const auto count = static_cast<int>(option.words.size());
  if (found >= 0 && found < count)
    return std::string(option.words[static_cast<std::size_t>(found)]);
  const Digits digits = read_digits(text);
  const std::string_view rest = text.empty() ? text : digits.rest;
  if (found == count || !rest.empty() || digits.is_negative || digits.value >= option.words.size())
    return wrong(option, text);
  return std::string(option.words[digits.value]);
}

std::string words_of(const Option& option, std::uint64_t bits) {
  std::string out;
  for (std::size_t i = 0; i < option.words.size(); ++i)
    if ((bits >> i & 1U) != 0) out.append(out.empty() ? "" : ",").append(option.words[i]);
  return out;
}

std::optional<std::uint64_t> bits_of(const Option& option, std::string_view text) {
  std::uint64_t bits = 0;
  if (text.empty()) return bits;
  for (const std::string_view word : split(text, ',')) {
    const int found = find_word(option, word);
    if (found < 0 || found >= static_cast<int>(option.words.size())) return std::nullopt;
    bits |= std::uint64_t{1} << static_cast<unsigned>(found);
  }
  return bits;
}

Result<std::string> set(const Option& option, std::string_view text) {
  if (const auto bits = bits_of(option, text)) return words_of(option, *bits);
  const std::uint64_t every = (std::uint64_t{2} << (option.words.size() - 1)) - 1;
  if (iequals(text, "all")) return words_of(option, every);
  const Digits digits = read_digits(text);
  if (!digits.rest.empty() || digits.is_negative || digits.value > every)
    return wrong(option, text);
  return words_of(option, digits.value);
}

/// One `word=on` of a list of flags; false where it is none.
bool take_flag(const Option& option, std::string_view item, std::uint64_t& bits,
               std::uint64_t initial) {
  const std::size_t equals = item.find('=');
  const int found = find_word(option, item.substr(0, equals));
  const auto last = static_cast<int>(option.words.size()) - 1;  // the word `default`
  if (found < 0 || found > last) return false;
  if (found == last) {
    bits = initial;
    return equals == std::string_view::npos;
  }
  if (equals == std::string_view::npos) return false;
  const std::string value = lower(item.substr(equals + 1));
  const std::uint64_t bit = std::uint64_t{1} << static_cast<unsigned>(found);
  const std::string_view full = value.empty() || value == "o"                    ? ""
                                : std::string_view("on").starts_with(value)      ? "on"
                                : std::string_view("off").starts_with(value)     ? "off"
                                : std::string_view("default").starts_with(value) ? "default"
                                                                                 : "";
  if (full.empty()) return false;
  const bool on = full == "on" || (full == "default" && (initial & bit) != 0);
  bits = on ? bits | bit : bits & ~bit;
  return true;
}

std::uint64_t bits_of_flags(const Option& option, std::string_view text) {
  std::uint64_t bits = 0;
  for (const std::string_view item : split(text, ','))
    if (item.ends_with("=on"))
      for (std::size_t i = 0; i < option.words.size(); ++i)
        if (option.words[i] == item.substr(0, item.size() - 3)) bits |= std::uint64_t{1} << i;
  return bits;
}

Result<std::string> flags(const Option& option, std::string_view text, std::string_view current) {
  const std::uint64_t initial = bits_of_flags(option, option.initial);
  std::uint64_t bits = current.data() == nullptr ? initial : bits_of_flags(option, current);
  if (!text.empty())
    for (const std::string_view item : split(text, ','))
      if (!take_flag(option, item, bits, initial)) return wrong(option, text);
  std::string out;
  // The dump ends with the last one that is on.
  for (std::size_t i = 0; i + 1 < option.words.size() && bits >> i != 0; ++i)
    out += fmt::format("{}{}={}", i == 0 ? "" : ",", option.words[i],
                       (bits >> i & 1U) != 0 ? "on" : "off");
  return out;
}

}  // namespace

bool is_on(std::string_view text) {
  return text == "1" || iequals(text, "on") || iequals(text, "true");
}

std::string in_order(const Option& option, std::string_view list) {
  return words_of(option, bits_of(option, list).value_or(0));
}

Result<std::string> take_value(const Option& option, std::string_view text,
                               std::string_view current) {
  switch (option.kind) {
    case Kind::boolean:
    case Kind::bit:
      return std::string(is_on(text) ? "TRUE" : "FALSE");
    case Kind::integer:
      return integer(option, text);
    case Kind::natural:
      return natural(option, text);
    case Kind::real:
      return real(option, text);
    case Kind::choice:
      return choice(option, text);
    case Kind::set:
      return set(option, text);
    case Kind::flags:
      return flags(option, text, current);
    case Kind::text:
      return std::string(text);
    case Kind::action:
    case Kind::removed:
      break;
  }
  return std::string();
}

}  // namespace plimsoll::mysql
