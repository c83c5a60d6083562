#include "plugins/service/postgres/settings_line.h"

#include <algorithm>

namespace plimsoll::postgres {
namespace {

enum class Kind : std::uint8_t { end, id, qualified_id, string, unquoted, number, equals, error };

struct Token {
  Kind kind = Kind::end;
  std::string_view text;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_ascii_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
// Every byte beyond ASCII is a letter, those of a byte-order mark too.
bool is_letter(char c) {
  return is_ascii_letter(c) || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool is_word(char c) { return is_letter(c) || is_digit(c); }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

/// How many bytes from `at` on satisfy `is`.
template <class Is>
std::size_t run(std::string_view text, std::size_t at, Is is) {
  const auto from = text.begin() + static_cast<std::ptrdiff_t>(std::min(at, text.size()));
  return static_cast<std::size_t>(std::find_if_not(from, text.end(), is) - from);
}

/// `'...'` with `''` and backslashes; 0 where it is not closed. The scanner takes the longest
/// match:
/// `''` goes on.
std::size_t string_length(std::string_view text) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '\\')
      ++i;
    else if (text[i] == '\'' && i + 1 < text.size() && text[i + 1] == '\'')
      ++i;
    else if (text[i] == '\'')
      return i + 1;
  }
  return 0;
}

/// {SIGN}?({DIGIT}+|0x{HEXDIGIT}+){UNIT_LETTER}*
std::size_t integer_length(std::string_view text) {
  std::size_t at = text.starts_with('-') || text.starts_with('+') ? 1 : 0;
  const std::size_t digits = run(text, at, is_digit);
  if (digits == 0) return 0;
  const std::size_t hex = text.substr(at).starts_with("0x") ? run(text, at + 2, is_hex) : 0;
  at += hex > 0 ? 2 + hex : digits;
  return at + run(text, at, is_ascii_letter);
}

/// {SIGN}?{DIGIT}*"."{DIGIT}*{EXPONENT}?
std::size_t real_length(std::string_view text) {
  std::size_t at = text.starts_with('-') || text.starts_with('+') ? 1 : 0;
  at += run(text, at, is_digit);
  if (at >= text.size() || text[at] != '.') return 0;
  ++at;
  at += run(text, at, is_digit);
  if (at >= text.size() || (text[at] != 'e' && text[at] != 'E')) return at;
  std::size_t exponent = at + 1;
  if (exponent < text.size() && (text[exponent] == '-' || text[exponent] == '+')) ++exponent;
  const std::size_t digits = run(text, exponent, is_digit);
  return digits == 0 ? at : exponent + digits;
}

/// The longest of a name, two names with a dot between and a string without quotes; the first of
/// equals.
Token letters(std::string_view text) {
  const std::size_t id = run(text, 0, is_word);
  std::size_t qualified = 0;
  if (id + 1 < text.size() && text[id] == '.' && is_letter(text[id + 1]))
    qualified = id + 1 + run(text, id + 1, is_word);
  const std::size_t unquoted = run(text, 0, [](char c) {
    return is_word(c) || c == '-' || c == '.' || c == '_' || c == ':' || c == '/';
  });
  if (unquoted > std::max(id, qualified)) return {Kind::unquoted, text.substr(0, unquoted)};
  if (qualified > id) return {Kind::qualified_id, text.substr(0, qualified)};
  return {Kind::id, text.substr(0, id)};
}

Token next(std::string_view& line) {
  line.remove_prefix(run(line, 0, [](char c) { return c == ' ' || c == '\t' || c == '\r'; }));
  Token token{Kind::error, line.substr(0, 1)};
  if (line.empty() || line[0] == '#') {
    line = {};
    return {};
  }
  if (is_letter(line[0])) {
    token = letters(line);
  } else if (line[0] == '\'') {
    const std::size_t length = string_length(line);
    if (length > 0) token = {Kind::string, line.substr(0, length)};
  } else if (line[0] == '=') {
    token.kind = Kind::equals;
  } else if (const std::size_t length = std::max(integer_length(line), real_length(line))) {
    token = {Kind::number, line.substr(0, length)};
  }
  line.remove_prefix(token.text.size());
  return token;
}

/// Up to three octal digits at `at`, which ends on the last one.
char octal(std::string_view text, std::size_t& at) {
  unsigned value = 0;
  std::size_t i = at;
  for (; i < text.size() && i < at + 3 && text[i] >= '0' && text[i] <= '7'; ++i)
    value = value * 8 + static_cast<unsigned>(text[i] - '0');
  at = i - 1;
  return static_cast<char>(value & 0xffU);
}

/// guc-file.l, DeescapeQuotedString. A NUL ends what C sees.
std::string unquoted(std::string_view text) {
  constexpr std::string_view kFrom = "bfnrt", kTo = "\b\f\n\r\t";
  std::string out;
  text = text.substr(1, text.size() - 2);
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '\\' && i + 1 < text.size()) {
      c = text[++i];
      const std::size_t at = kFrom.find(c);
      if (at != std::string_view::npos)
        c = kTo[at];
      else if (c >= '0' && c <= '7')
        c = octal(text, i);
    } else if (c == '\'') {
      ++i;
    }
    out += c;
  }
  return out.substr(0, out.find('\0'));
}

}  // namespace

SettingsLine read_settings_line(std::string_view line) {
  const Token name = next(line);
  if (name.kind == Kind::end) return {};
  const SettingsLine error{{}, true};
  if (name.kind != Kind::id && name.kind != Kind::qualified_id) return error;
  Token value = next(line);
  if (value.kind == Kind::equals) value = next(line);
  // `a.b` without quotes is a name, never a value.
  if (value.kind != Kind::id && value.kind != Kind::string && value.kind != Kind::unquoted &&
      value.kind != Kind::number)
    return error;
  if (next(line).kind != Kind::end) return error;
  return {Assignment{std::string(name.text),
                     value.kind == Kind::string ? unquoted(value.text) : std::string(value.text)},
          false};
}

}  // namespace plimsoll::postgres
