#include "plugins/service/samba/values.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdint>
#include <cstdlib>

#include "plugins/service/samba/letters.h"
#include "plugins/service/samba/words.h"
#include "scanner/base/text.h"

namespace plimsoll::samba {
namespace {

Held text_value(std::string text) { return {std::move(text), {}, false}; }

Result<Held> yesno(const Name& name, const std::string& text) {
  const auto value = boolean(text);
  if (!value) return fail(ErrorCode::invalid, fmt::format("value is not boolean: `{}`", text));
  return text_value(*value != name.is_reverse ? "Yes" : "No");
}

/// sscanf(3) with `%o`: what follows the digits does not count.
Result<Held> octal(const std::string& text) {
  char* end = nullptr;
  const auto value = static_cast<std::uint32_t>(std::strtoul(text.c_str(), &end, 8));
  if (end == text.c_str())
    return fail(ErrorCode::invalid, fmt::format("invalid octal number `{}`", text));
  return text_value(value == UINT32_MAX ? "-1" : fmt::format("0{:03o}", value));
}

/// conv_str_size_error: a number, and a letter for powers of 1024.
Result<Held> bytes(const std::string& text) {
  constexpr std::string_view kUnits = "kmgtp";
  char* end = nullptr;
  errno = 0;
  std::uint64_t value = std::strtoull(text.c_str(), &end, 10);
  const auto read = static_cast<std::size_t>(end - text.c_str());
  const bool is_number = errno == 0 && read != 0 &&
                         std::string_view(text).substr(0, read).find('-') == std::string::npos;
  const std::string unit = folded(std::string_view(text).substr(read));
  const std::size_t power = unit.size() == 1 ? kUnits.find(unit[0]) : std::string_view::npos;
  const bool has_unit = power != std::string_view::npos;
  if (has_unit) value <<= 10U * (power + 1);
  // A rest of blanks alone is a unit that there is not.
  if (!is_number || (!has_unit && read != text.size()) || value > INT_MAX)
    return fail(ErrorCode::invalid, fmt::format("value is not a valid size specifier: `{}`", text));
  return text_value(std::to_string(value));
}

Held list_value(std::vector<std::string> words) {
  std::string text = list_text(words, ", ");
  return {std::move(text), std::move(words), false};
}

/// Each `+x` adds, each `-x` takes away; only the first word may begin anew.
Result<Held> list(const std::string& text, const Held& current) {
  const auto given = list_words(text);
  if (given.empty()) return current;
  std::vector<std::string> out = current.words;
  bool is_null = current.is_null;
  for (const std::string& word : given) {
    const std::string rest = word.substr(std::min<std::size_t>(1, word.size()));
    const bool changes = !is_null && !rest.empty() && (word[0] == '+' || word[0] == '-');
    if (!changes) {
      if (&word != given.data())
        return fail(ErrorCode::invalid, fmt::format("unsupported list syntax: `{}`", text));
      return list_value(given);
    }
    const auto place = std::find(out.begin(), out.end(), rest);
    if (word[0] == '+' && place == out.end()) out.push_back(rest);
    if (word[0] == '-' && place != out.end()) out.erase(place);
  }
  return list_value(std::move(out));
}

Result<Held> choice(const Parameter& parameter, const std::string& text) {
  const auto value = choice_named(parameter, text);
  if (!value)
    return fail(ErrorCode::invalid,
                fmt::format("invalid value `{}` for parameter `{}`", text, parameter.label));
  return text_value(std::string(*value));
}

Held words_value(const std::string& text) {
  const auto given = list_words(text);
  return {list_text(given, " "), {}, text.empty()};
}

}  // namespace

Held fallback_of(const Parameter& parameter) {
  if (parameter.kind == Kind::list && !parameter.fallback.empty())
    return list_value(list_words(parameter.fallback));
  const bool is_list = parameter.kind == Kind::list || parameter.kind == Kind::words;
  return {std::string(parameter.fallback), {}, is_list && parameter.fallback.empty()};
}

Result<Held> take_value(const Name& name, const std::string& text, const Held& current) {
  switch (name.parameter->kind) {
    case Kind::yesno:
      return yesno(name, text);
    case Kind::integer:
      return text_value(std::to_string(loose_integer(text)));
    case Kind::bytes:
      return bytes(text);
    case Kind::octal:
      return octal(text);
    case Kind::character:
      return text_value(text.substr(0, 1));
    case Kind::text:
      return text_value(text);
    case Kind::upper:
      // What is no UTF-8 has no capitals, and nothing is left of it.
      return text_value(upper_letters(text).value_or(std::string()));
    case Kind::list:
      return list(text, current);
    case Kind::words:
      return words_value(text);
    case Kind::choice:
      return choice(*name.parameter, text);
  }
  return current;
}

}  // namespace plimsoll::samba
