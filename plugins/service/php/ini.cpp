#include "plugins/service/php/ini.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "scanner/base/text.h"

namespace plimsoll::php {
namespace {

constexpr std::string_view kGap = " \t";
constexpr std::string_view kNoLabel = "=\n\r\t;&|^$~(){}!\"[";
constexpr std::string_view kOperators = "&|^~()!";
constexpr unsigned kDepth = 200;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_name(std::string_view text) {
  return !text.empty() && is_letter(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

/// What the words of the grammar stand for (PHP manual, parse_ini_file): "1" and "".
std::optional<std::string_view> word_value(std::string_view word) {
  for (const std::string_view one : {"true", "on", "yes"})
    if (iequals(word, one)) return "1";
  for (const std::string_view one : {"false", "off", "no", "none", "null"})
    if (iequals(word, one)) return "";
  return std::nullopt;
}

/// atoi(3) of glibc: strtol, cut to 32 bits.
std::int32_t number(std::string_view text) {
  text = trim_left(text);
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  constexpr std::uint64_t kMost = 9223372036854775807U;
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') break;
    const auto digit = static_cast<std::uint64_t>(c - '0');
    value = value > (kMost - digit) / 10 ? kMost + (negative ? 1U : 0U) : value * 10 + digit;
    if (value >= kMost) break;
  }
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(negative ? 0 - value : value));
}

class Reader {
 public:
  Reader(std::string_view text, const Reading& reading) : text_(text), reading_(reading) {}
  Stop run();

 private:
  enum class Kind : std::uint8_t { text, word, sign, line_end, cut };
  struct Token {
    Kind kind = Kind::cut;
    std::string text;
    char sign = 0;
  };

  [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }
  [[nodiscard]] char here() const { return at_end() ? '\0' : text_[at_]; }
  [[nodiscard]] bool sees(std::string_view what) const {
    return text_.substr(at_).starts_with(what);
  }
  [[nodiscard]] std::size_t past_gap() const {
    return std::min(text_.find_first_not_of(kGap, at_), text_.size());
  }
  bool end_line();
  [[nodiscard]] bool is_last_comment() const;
  std::uint32_t line();

  bool statement();
  bool labelled();
  bool section();
  bool element(Statement found);
  bool assign(Statement found);

  Token next();
  Token plain();
  const Token& peek();
  bool quoted(std::string& out);
  bool variable(std::string& out);
  bool single(std::string& out);
  bool bracketed(std::string& out, bool constants);
  bool expression(std::string& out, unsigned depth);
  bool operand(std::string& out, unsigned depth);
  void resolve(std::string_view word, std::string& out) const;

  std::string_view text_;
  const Reading& reading_;
  std::size_t at_ = 0;
  std::size_t counted_ = 0;
  bool is_full_ = false;
  std::uint32_t line_ = 1;
  std::optional<Token> ahead_;
};

/// Line ends are \n, \r\n and \r alone.
std::uint32_t Reader::line() {
  for (; counted_ < at_; ++counted_) {
    const char c = text_[counted_];
    const bool pair = c == '\r' && counted_ + 1 < text_.size() && text_[counted_ + 1] == '\n';
    if (c == '\n' || (c == '\r' && !pair)) ++line_;
  }
  return line_;
}

/// A line end with blanks before it, or a comment to the end of its line.
bool Reader::end_line() {
  std::size_t at = past_gap();
  if (at == text_.size()) return false;
  if (text_[at] == ';')
    at = std::min(text_.find_first_of("\r\n", at), text_.size());
  else if (text_[at] != '\r' && text_[at] != '\n')
    return false;
  if (text_.substr(at).starts_with("\r\n")) ++at;
  at_ = std::min(at + 1, text_.size());
  return true;
}

/// A comment without a line end is the end of the file for the grammar, not the end of a value.
bool Reader::is_last_comment() const {
  const std::size_t at = past_gap();
  return at < text_.size() && text_[at] == ';' &&
         text_.find_first_of("\r\n", at) == std::string_view::npos;
}

void Reader::resolve(std::string_view word, std::string& out) const {
  if (std::string value; is_name(word) && reading_.constant(word, value))
    out += value;
  else
    out += word;
}

bool Reader::variable(std::string& out) {
  at_ += 2;
  const std::size_t end = std::min(text_.find_first_of(kNoLabel, at_), text_.size());
  if (end == at_ || end == text_.size() || text_[end] != '}') return false;
  const auto value = reading_.variable(trim(text_.substr(at_, end - at_), " \t"));
  is_full_ = !value;
  if (is_full_) return false;
  out += *value;
  at_ = end + 1;
  return true;
}

/// A quote that is escaped ends the text all the same at the end of a line: `"C:\dir\"`.
bool Reader::quoted(std::string& out) {
  ++at_;
  while (!at_end()) {
    const char c = here();
    if (c == '"') {
      ++at_;
      at_ = past_gap();
      return true;
    }
    if (sees("${")) {
      if (!variable(out)) return false;
      continue;
    }
    ++at_;
    if (c != '\\' || at_end()) {
      out += c;
      continue;
    }
    const char escaped = here();
    const bool at_line_end =
        at_ + 1 >= text_.size() || text_[at_ + 1] == '\n' || text_[at_ + 1] == '\r';
    if (escaped == '"' && at_line_end) {
      out += c;
      continue;
    }
    if (escaped != '"' && escaped != '\\' && escaped != '$') out += c;
    out += escaped;
    ++at_;
  }
  return false;
}

bool Reader::single(std::string& out) {
  const std::size_t end = text_.find('\'', at_ + 1);
  if (end == std::string_view::npos || end == at_ + 1) return false;
  out += text_.substr(at_ + 1, end - at_ - 1);
  at_ = end + 1;
  return true;
}

/// A `$` that begins no variable takes the next character along, whatever it is, and a backslash
/// with the one after it.
std::size_t dollar_length(std::string_view rest) {
  if (rest.size() < 2 || rest[1] == '{' || rest[1] == '\0') return 0;
  return rest[1] == '\\' && rest.size() > 2 && rest[2] != '\0' ? 3 : 2;
}

Reader::Token Reader::plain() {
  const std::size_t start = at_;
  bool escapes_end = false;
  while (!at_end()) {
    const char c = here();
    if (c == '$') {
      const std::string_view rest = text_.substr(at_);
      const std::size_t taken = dollar_length(rest);
      if (taken == 0) break;
      escapes_end = rest == "$\\";
      at_ += taken;
    } else if (std::string_view("= \t\n\r;&|^~()!\"'").find(c) != std::string_view::npos ||
               c == '\0') {
      break;
    } else {
      ++at_;
    }
  }
  const std::string_view run = text_.substr(start, at_ - start);
  // The backslash takes along what ends the text, and the text is no value then.
  if (escapes_end) return {Kind::cut, {}, 0};
  if (run.empty()) {  // a NUL, a `$` at the end: the value ends here
    at_ = std::min(at_ + 1, text_.size());
    return {Kind::line_end, {}, 0};
  }
  if (const auto value = word_value(run)) {
    at_ = past_gap();
    return {Kind::word, std::string(*value), 0};
  }
  Token token{Kind::text, {}, 0};
  resolve(run, token.text);
  return token;
}

Reader::Token Reader::next() {
  if (at_end() || here() == '=') return {Kind::line_end, {}, 0};
  if (is_last_comment()) {
    at_ = text_.size();
    return {Kind::cut, {}, 0};
  }
  if (end_line()) return {Kind::line_end, {}, 0};
  Token token{Kind::text, {}, 0};
  const std::size_t past = past_gap();
  if (past < text_.size() && text_[past] == '"') {
    at_ = past;
    if (!quoted(token.text)) token.kind = Kind::cut;
    if (token.kind == Kind::cut) token.sign = 'q';
    return token;
  }
  if (past > at_) {
    token.text = text_.substr(at_, past - at_);
    at_ = past;
    return token;
  }
  if (kOperators.find(here()) != std::string_view::npos) {
    token = {Kind::sign, {}, here()};
    ++at_;
    at_ = past_gap();
    return token;
  }
  if (sees("${")) return variable(token.text) ? token : Token{Kind::cut, {}, 'q'};
  if (sees("''")) {  // no text stands between them: the first ends the value
    ++at_;
    return {Kind::line_end, {}, 0};
  }
  if (here() == '\'') {
    if (single(token.text)) return token;
    at_ = text_.size();
    return {Kind::cut, {}, 0};
  }
  return plain();
}

const Reader::Token& Reader::peek() {
  if (!ahead_) ahead_ = next();
  return *ahead_;
}

/// A text that was begun and never ends takes what stands before it along: nothing is assigned.
bool Reader::operand(std::string& out, unsigned depth) {
  if (depth > kDepth) return false;
  if (peek().kind == Kind::sign) {
    const char sign = peek().sign;
    if (sign != '~' && sign != '!' && sign != '(') return false;
    ahead_.reset();
    if (sign == '(') {
      if (!expression(out, depth + 1)) return false;
      if (peek().kind != Kind::sign || peek().sign != ')') return false;
      ahead_.reset();
      return true;
    }
    if (!operand(out, depth + 1)) return false;
    out = fmt::format("{}", sign == '~' ? ~number(out) : (number(out) == 0 ? 1 : 0));
    return true;
  }
  if (peek().kind != Kind::text) return false;
  for (; peek().kind == Kind::text; ahead_.reset()) out += peek().text;
  return peek().kind != Kind::cut || peek().sign == 0;
}

/// The three binary operators bind alike, from the left.
bool Reader::expression(std::string& out, unsigned depth) {
  if (!operand(out, depth)) return false;
  while (peek().kind == Kind::sign) {
    const char sign = peek().sign;
    if (sign != '|' && sign != '&' && sign != '^') return true;
    ahead_.reset();
    std::string right;
    if (!operand(right, depth)) return false;
    const auto a = static_cast<std::uint32_t>(number(out));
    const auto b = static_cast<std::uint32_t>(number(right));
    const std::uint32_t both = sign == '|' ? a | b : sign == '&' ? a & b : a ^ b;
    out = fmt::format("{}", static_cast<std::int32_t>(both));
  }
  return true;
}

/// What stands in the brackets of a section or an element.
bool Reader::bracketed(std::string& out, bool constants) {
  while (!at_end()) {
    const std::size_t past = past_gap();
    const char ahead = past < text_.size() ? text_[past] : '\0';
    if (ahead == '"' || (constants && ahead == ']')) at_ = past;
    const char c = here();
    if (c == ']') {
      ++at_;
      return true;
    }
    if (c == '"' ? !quoted(out) : c == '\'' ? !single(out) : sees("${") ? !variable(out) : false)
      return false;
    if (c == '"' || c == '\'' || (c == '$' && text_[at_ - 1] == '}')) continue;
    const std::size_t start = at_;
    while (!at_end() && std::string_view("\n\r;\"']").find(here()) == std::string_view::npos) {
      std::size_t taken = 1;
      if (here() == '$') taken = dollar_length(text_.substr(at_));
      if (here() == '\\') taken = at_ + 1 < text_.size() ? 2 : 0;
      if (taken == 0) break;
      at_ += taken;
    }
    if (at_ == start) return false;
    const std::string_view run = text_.substr(start, at_ - start);
    if (constants)
      resolve(run, out);
    else
      out += run;
  }
  return false;
}

bool Reader::section() {
  Statement found;
  found.kind = Statement::Kind::section;
  found.line = line();
  ++at_;
  if (!bracketed(found.name, false)) return false;
  reading_.take(std::move(found));
  return true;
}

bool Reader::assign(Statement found) {
  at_ = past_gap();
  if (here() != '=' || at_end()) return false;
  ++at_;
  at_ = past_gap();
  ahead_.reset();
  const Kind first = peek().kind;
  if (first == Kind::word || first == Kind::line_end) {
    found.value = peek().text;
    ahead_.reset();
  } else if (!expression(found.value, 0)) {
    return false;
  }
  reading_.take(std::move(found));
  if (first == Kind::line_end) return true;
  // What follows a value on its line and is no part of it is an error; the value stands.
  const Kind after = peek().kind;
  const bool ended = after == Kind::line_end || (after == Kind::cut && peek().sign == 0);
  ahead_.reset();
  return ended;
}

bool Reader::element(Statement found) {
  ++at_;
  at_ = past_gap();
  found.kind = Statement::Kind::element;
  return bracketed(found.index, true) && assign(std::move(found));
}

/// A word of the grammar cannot be a name.
bool Reader::labelled() {
  const std::size_t start = at_;
  Statement found;
  found.line = line();
  at_ = std::min(text_.find_first_of(kNoLabel, at_), text_.size());
  const std::string_view run = text_.substr(start, at_ - start);
  if (run.empty()) return false;
  found.name = trim(run, " \t");
  if (here() == '[') return element(std::move(found));
  if (run.front() != ' ' && word_value(trim_right(run, " "))) return false;
  const std::size_t past = past_gap();
  if (past < text_.size() && text_[past] == '=') return assign(std::move(found));
  return true;
}

bool Reader::statement() {
  if (end_line()) return true;
  const std::size_t past = past_gap();
  // A label takes blanks before it along, a tab separates.
  if (past > at_ && text_.substr(at_, past - at_).find('\t') != std::string_view::npos) {
    at_ = past;
    return true;
  }
  if (past == text_.size()) {
    at_ = past;
    return true;
  }
  if (here() == '[') return section();
  return labelled();
}

Stop Reader::run() {
  if (text_.size() > 3 && text_.starts_with("\xef\xbb\xbf")) at_ = 3;
  while (!at_end()) {
    const std::uint32_t start = line();
    if (!statement()) return {start, is_full_};
  }
  return {};
}

}  // namespace

Stop read_ini(std::string_view text, const Reading& reading) { return Reader(text, reading).run(); }

}  // namespace plimsoll::php
