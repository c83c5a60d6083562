#include "plugins/service/bind/lexer.h"

#include <algorithm>
#include <cstdlib>

#include "scanner/base/text.h"

namespace plimsoll::bind {
namespace {

constexpr std::string_view kSpecial = "{};/\"!";
constexpr std::string_view kEndOfWord = "{};/\"!# \t\r\n";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// named goes on with C strings, which end at a NUL.
std::string c_text(std::string_view text) { return std::string(text.substr(0, text.find('\0'))); }

enum class Number : std::uint8_t { none, too_big, good };

/// isc_parse_uint32 on what the lexer takes for a number: digits, and `0x` in front where C's
/// notation is wanted.
Number read_number(const std::string& text, Want want, std::uint32_t& out) {
  const bool is_hex = want == Want::number && (text.starts_with("0x") || text.starts_with("0X"));
  const std::string digits = is_hex ? text.substr(2) : text;
  if (digits.empty() || !std::all_of(digits.begin(), digits.end(), is_digit)) return Number::none;
  const bool is_octal = want == Want::number && !is_hex && text[0] == '0';
  if (is_octal && digits.find_first_of("89") != std::string::npos) return Number::none;
  const unsigned base = is_hex ? 16 : is_octal ? 8 : 10;
  std::uint64_t value = 0;
  for (const char c : digits) {
    value = value * base + static_cast<unsigned>(c - '0');
    if (value > UINT32_MAX) return Number::too_big;
  }
  out = static_cast<std::uint32_t>(value);
  return Number::good;
}

}  // namespace

void Lexer::open(std::uint32_t file, std::string_view text) {
  has_token_ = false;
  open_.push_back({text, 0, 0, file, 1, false});
}

const Token& Lexer::peek(Want want) {
  if (!has_token_ || wanted_ != want) {
    read(want);
    wanted_ = want;
    has_token_ = true;
  }
  return token_;
}

Token Lexer::take(Want want) {
  peek(want);
  if (token_.kind != Token::Kind::end && token_.kind != Token::Kind::bad)
    skip_to(open_.back(), token_end_);
  has_token_ = false;
  return std::move(token_);
}

void Lexer::skip_to(Source& source, std::size_t to) {
  // The rest of the file is not looked at: it may be one line.
  const std::string_view passed = source.text.substr(source.at, to - source.at);
  for (std::size_t at = passed.find('\n'); at != std::string_view::npos;
       at = passed.find('\n', at + 1)) {
    ++source.line;
    source.line_start = source.at + at + 1;
  }
  source.at = to;
}

/// At a `/` or `#`: false where no comment begins; one without an end leaves `at` behind the text.
bool Lexer::skip_comment(Source& source) {
  const std::string_view rest = source.text.substr(source.at);
  if (rest.starts_with("/*")) {
    const std::size_t end = find_text(rest, "*/", 2);
    skip_to(source, end == std::string_view::npos ? source.text.size() + 1 : source.at + end + 2);
    return true;
  }
  if (rest[0] != '#' && !rest.starts_with("//")) return false;
  skip_to(source, std::min(source.text.find('\n', source.at), source.text.size()));
  return true;
}

Lexer::Gap Lexer::skip_gap() {
  while (!open_.empty()) {
    Source& source = open_.back();
    if (!source.has_begun) begun_->push_back(source.file);
    source.has_begun = true;
    while (source.at < source.text.size()) {
      const char c = source.text[source.at];
      if (c == ' ' || c == '\t' || c == '\r' || c == '\n')
        skip_to(source, source.at + 1);
      else if ((c != '/' && c != '#') || !skip_comment(source))
        return Gap::token;
    }
    if (source.at > source.text.size()) return Gap::broken;
    if (open_.size() == 1) return Gap::end;
    open_.pop_back();
  }
  return Gap::end;
}

void Lexer::bad(std::string_view why) {
  token_.kind = Token::Kind::bad;
  token_.text = why;
}

void Lexer::read(Want want) {
  token_ = {};
  const Gap gap = skip_gap();
  const Source& source = open_.back();
  const std::size_t at = std::min(source.at, source.text.size());
  token_.place = {source.file, source.line, static_cast<std::uint32_t>(at - source.line_start) + 1};
  token_end_ = at;
  if (gap == Gap::end) return;
  if (gap == Gap::broken) return bad("a comment that nothing closes");
  const char c = source.text[at];
  if (c == '"' && want == Want::strings) return read_quoted();
  if (c == '{' && want == Want::braces) return read_braces();
  if (kSpecial.find(c) == std::string_view::npos) return read_word(want);
  token_.kind = Token::Kind::special;
  token_.special = c;
  token_end_ = at + 1;
}

/// Where a word ends, and where reading goes on: behind a comment that stands in it. A comment of
/// C's kind ends the word as a blank would, which the lexer puts back by going one letter back: its
/// last slash is read again.
std::size_t Lexer::word_end(std::string_view text, std::size_t from, std::size_t& after) const {
  const std::size_t end = std::min(text.find_first_of(kEndOfWord, from), text.size());
  after = end;
  const std::string_view rest = text.substr(end);
  if (rest.starts_with("/*")) {
    const std::size_t close = find_text(rest, "*/", 2);
    after = close == std::string_view::npos ? text.size() + 1 : end + close + 1;
  } else if (rest.starts_with('#') || rest.starts_with("//")) {
    after = std::min(text.find('\n', end), text.size());
  }
  return end;
}

void Lexer::read_word(Want want) {
  const std::string_view text = open_.back().text;
  const std::size_t at = open_.back().at;
  std::size_t after = at;
  const std::size_t end = word_end(text, at, after);
  if (after > text.size()) return bad("a comment that nothing closes");
  token_end_ = after;
  const std::string_view word = text.substr(at, end - at);
  token_.kind = Token::Kind::text;
  token_.text = c_text(word);
  if ((want != Want::decimal && want != Want::number) || !is_digit(word[0])) return;
  switch (read_number(std::string(word), want, token_.number)) {
    case Number::good:
      token_.kind = Token::Kind::number;
      return;
    case Number::too_big:
      return bad("a number that does not fit in 32 bits");
    case Number::none:
      return;
  }
}

void Lexer::read_quoted() {
  const std::string_view text = open_.back().text;
  std::string out;
  bool is_escaped = false;
  for (std::size_t at = open_.back().at + 1; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '"' && !is_escaped) {
      token_.kind = Token::Kind::quoted;
      token_.text = c_text(out);
      token_end_ = at + 1;
      return;
    }
    // Only a quote loses the backslash before it.
    if (c == '"')
      out.back() = '"';
    else
      out += c;
    is_escaped = c == '\\' && !is_escaped;
  }
  bad("a quote that nothing closes");
}

void Lexer::read_braces() {
  const std::string_view text = open_.back().text;
  const std::size_t start = open_.back().at + 1;
  std::size_t depth = 1;
  bool is_escaped = false;
  for (std::size_t at = start; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '{' && !is_escaped) ++depth;
    if (c == '}' && !is_escaped && --depth == 0) {
      token_.kind = Token::Kind::braces;
      token_.text = c_text(text.substr(start, at - start));
      token_end_ = at + 1;
      return;
    }
    is_escaped = c == '\\' && !is_escaped;
  }
  bad("a brace that nothing closes");
}

}  // namespace plimsoll::bind
