#include "plugins/os/rsyslog/lexer.h"

#include <algorithm>
#include <array>

#include "scanner/base/text.h"

namespace plimsoll::rsyslog {
namespace {

// The characters of rsyslog's lexer (grammar/lexer.l), which ignores case.
constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view kOctal = "01234567";
constexpr std::string_view kSpace = " \t\n";

constexpr std::array<std::string_view, 14> kObjects = {
    "action", "constant", "dyn_stats", "global",  "include",  "input",    "lookup_table",
    "module", "parser",   "property",  "ruleset", "template", "timezone", "main_queue"};

bool is_one_of(std::string_view set, char c) { return set.find(c) != std::string_view::npos; }
bool is_letter(char c) { return is_one_of(kLetters, c); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) { return is_letter(c) || is_digit(c) || c == '_'; }

/// How many characters from `at` on satisfy `test`.
template <class Test>
std::size_t run_length(std::string_view text, std::size_t at, Test test) {
  std::size_t end = at;
  while (end < text.size() && test(text[end])) ++end;
  return end - at;
}

/// unescapeStr of rsyslog's rainerscript.c: the usual escapes, octal and hexadecimal numbers.
char escaped(std::string_view text, std::size_t& at) {
  const char c = text[at++];
  switch (c) {
    case 'a':
      return '\a';
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'v':
      return '\v';
    default:
      break;
  }
  if (!is_one_of(kOctal, c)) return c;
  int code = c - '0';
  for (int digits = 1; digits < 3 && at < text.size() && is_one_of(kOctal, text[at]); ++digits)
    code = code * 8 + (text[at++] - '0');
  return static_cast<char>(code);
}

}  // namespace

Joined::Joined(std::string_view text) {
  text_.reserve(text.size() + 1);
  bool continues = false;
  for (const Line& line : lines(text)) {
    starts_.push_back(text_.size());
    // Blanks at the end go first, so a backslash before them still continues the line.
    std::string_view piece = trim_right(line.text);
    if (continues) piece = trim_left(piece);
    continues = piece.ends_with('\\');
    if (continues) piece.remove_suffix(1);
    text_.append(piece.substr(0, piece.find('\0')));  // the text is a C string to the program
    if (!continues) text_.push_back('\n');
  }
  text_.push_back('\n');
}

std::uint32_t Joined::line_at(std::size_t offset) const {
  const auto after = std::upper_bound(starts_.begin(), starts_.end(), offset);
  return std::max<std::uint32_t>(1, static_cast<std::uint32_t>(after - starts_.begin()));
}

std::string_view Lexer::rest_of_line(std::size_t from) const {
  return text_.substr(from, text_.find('\n', from) - from);
}

Token Lexer::token(Kind kind, std::size_t length) {
  Token out{kind, std::string(text_.substr(at_, length)), {}, joined_.line_at(at_)};
  at_ += length;
  return out;
}

Token Lexer::line_token(Kind kind) { return token(kind, rest_of_line(at_).size()); }

Token Lexer::invalid(std::string what) {
  Token out{Kind::invalid, std::move(what), {}, joined_.line_at(std::min(at_, text_.size() - 1))};
  at_ = text_.size();
  return out;
}

/// `facility.severity;...`: `^[ \t]*[\*a-z][\*a-z]*[0-7]*[\.,][,!=;\.\*a-z0-7]+`.
std::size_t Lexer::match_selector() const {
  std::size_t at = at_ + run_length(text_, at_, [](char c) { return c == ' ' || c == '\t'; });
  const std::size_t name = run_length(text_, at, [](char c) { return c == '*' || is_letter(c); });
  if (name == 0) return 0;
  at += name;
  at += run_length(text_, at, [](char c) { return is_one_of(kOctal, c); });
  if (at >= text_.size() || (text_[at] != '.' && text_[at] != ',')) return 0;
  ++at;
  const std::size_t rest = run_length(text_, at, [](char c) {
    return is_letter(c) || is_one_of(kOctal, c) || is_one_of(",!=;.*", c);
  });
  return rest == 0 ? 0 : at + rest - at_;
}

/// `:property, [!]operation, "value"`.
std::size_t Lexer::match_property_filter() const {
  const auto spaces = [&](std::size_t at) {
    return at + run_length(text_, at, [](char c) { return c == ' '; });
  };
  std::size_t at = at_ + run_length(text_, at_, [](char c) { return c == ' ' || c == '\t'; });
  if (at >= text_.size() || text_[at++] != ':') return 0;
  if (at < text_.size() && text_[at] == '$') ++at;
  const std::size_t name = run_length(text_, at, [](char c) { return c == '-' || is_letter(c); });
  at = spaces(at + name);
  if (name == 0 || at >= text_.size() || text_[at++] != ',') return 0;
  at = spaces(at);
  if (at < text_.size() && text_[at] == '!') ++at;
  const std::size_t operation = run_length(text_, at, is_letter);
  at = spaces(at + operation);
  if (operation == 0 || at >= text_.size() || text_[at++] != ',') return 0;
  at = spaces(at);
  if (at >= text_.size() || text_[at++] != '"') return 0;
  for (; at < text_.size(); ++at) {
    if (text_[at] == '"') return at + 1 - at_;
    if (text_[at] == '\\' && at + 1 < text_.size() && text_[at + 1] == '"') ++at;
  }
  return 0;
}

/// `+host`, `-host`, `+*` and `!program` on a line of their own begin a BSD-style block.
std::size_t Lexer::match_host_block() const {
  const std::string_view line = rest_of_line(at_);
  const std::string_view block = trim(line, " \t");
  if (block.size() < 2) return 0;
  const std::string_view name = block.substr(1);
  const bool is_program =
      block.front() == '!' && name.find_first_of(" \t") == std::string_view::npos;
  const bool is_host = (block.front() == '+' || block.front() == '-') &&
                       (name == "*" || std::all_of(name.begin(), name.end(), [](char c) {
                          return is_letter(c) || is_digit(c) || is_one_of(".:-", c);
                        }));
  return is_program || is_host ? line.size() : 0;
}

bool Lexer::skip_blank_or_comment() {
  const char c = text_[at_];
  if (is_one_of(kSpace, c)) {
    ++at_;
  } else if (c == '#') {
    at_ += rest_of_line(at_).size();
  } else if (text_.substr(at_).starts_with("/*")) {
    const auto end = text_.find("*/", at_ + 2);
    at_ = end == std::string_view::npos ? text_.size() : end + 2;
  } else {
    return false;
  }
  return true;
}

Token Lexer::next() {
  while (at_ < text_.size()) {
    if (at_line_start()) {
      for (const std::size_t length :
           {match_property_filter(), match_selector(), match_host_block()})
        if (length > 0) {
          const std::size_t blanks =
              run_length(text_, at_, [](char c) { return c == ' ' || c == '\t'; });
          at_ += blanks;
          return token(Kind::selector, length - blanks);
        }
    }
    if (!skip_blank_or_comment()) break;
  }
  if (at_ >= text_.size()) return {};
  const char c = text_[at_];
  if (c == '$' && at_ + 1 < text_.size() && is_letter(text_[at_ + 1])) return directive();
  if (c == '&') return token(Kind::ampersand, 1);
  if (c == '{') return token(Kind::open, 1);
  if (c == '}') return token(Kind::close, 1);
  if (c == '*') return token(Kind::action, 1);
  if (is_one_of("/:|.-@^?~>", c)) return line_token(Kind::action);
  if (is_word(c)) return word();
  return invalid("a character that begins nothing: `" + std::string(1, c) + "`");
}

Token Lexer::directive() {
  constexpr std::string_view kInclude = "$includeconfig";
  if (!istarts_with(text_.substr(at_), kInclude)) return line_token(Kind::directive);
  // The path is the next word, wherever it stands.
  const std::uint32_t line = joined_.line_at(at_);
  at_ += kInclude.size();
  at_ += run_length(text_, at_, [](char c) { return is_one_of(kSpace, c); });
  Token path =
      token(Kind::include, run_length(text_, at_, [](char c) { return !is_one_of(kSpace, c); }));
  path.line = line;
  return path;
}

Token Lexer::word() {
  const std::size_t name_length = run_length(text_, at_, is_word);
  const std::string name = lower(text_.substr(at_, name_length));
  const std::size_t blanks =
      run_length(text_, at_ + name_length, [](char c) { return is_one_of(kSpace, c); });
  const std::size_t paren = at_ + name_length + blanks;
  if (paren < text_.size() && text_[paren] == '(') {
    if (std::find(kObjects.begin(), kObjects.end(), name) != kObjects.end())
      return object(name, paren + 1 - at_);
  }
  const std::size_t length =
      run_length(text_, at_, [](char c) { return is_word(c) || is_one_of("-+,;", c); });
  if (length == name_length) {
    if (name == "if") return expression(Kind::condition, "then");
    if (name == "foreach") return expression(Kind::condition, "do");
    if (name == "set" || name == "reset" || name == "unset")
      return expression(Kind::statement, ";");
    if (name == "call_indirect") return expression(Kind::call, ";");
    if (name == "reload_lookup_table") return expression(Kind::statement, ")");
    if (name == "call") return called();
    if (name == "else") return token(Kind::other_else, length);
    if (name == "stop" || name == "continue") return token(Kind::statement, length);
  }
  return token(Kind::action, length);  // names of users to tell
}

Token Lexer::called() {
  at_ += 4;
  at_ += run_length(text_, at_, [](char c) { return is_one_of(kSpace, c); });
  return token(Kind::call,
               run_length(text_, at_, [](char c) { return is_word(c) || c == '-' || c == '.'; }));
}

void Lexer::skip_inside() {
  while (at_ < text_.size() && skip_blank_or_comment()) {
  }
}

bool Lexer::quoted(std::string& value, std::string& problem) {
  const char quote = at_ < text_.size() ? text_[at_] : '\0';
  if (quote == '`') {
    problem = "a value that comes from the environment or another file (backticks)";
    return false;
  }
  if (quote != '"') {
    problem = "a parameter without a quoted value";
    return false;
  }
  for (++at_; at_ < text_.size() && text_[at_] != '"';) {
    if (text_[at_] == '\\' && at_ + 1 < text_.size()) {
      ++at_;
      value += escaped(text_, at_);
    } else {
      value += text_[at_++];
    }
  }
  if (at_ < text_.size()) {
    ++at_;
    return true;
  }
  problem = "a string without an end";
  return false;
}

bool Lexer::values_of(Parameter& parameter, std::string& problem) {
  const auto one = [&] { return quoted(parameter.values.emplace_back(), problem); };
  if (at_ >= text_.size() || text_[at_] != '[') return one();
  do {
    ++at_;
    skip_inside();
    if (!one()) return false;
    skip_inside();
  } while (at_ < text_.size() && text_[at_] == ',');
  if (at_ < text_.size() && text_[at_] == ']') {
    ++at_;
    return true;
  }
  problem = "a list without an end";
  return false;
}

Token Lexer::object(std::string name, std::size_t length) {
  Token out{Kind::object, std::move(name), {}, joined_.line_at(at_)};
  at_ += length;
  while (true) {
    skip_inside();
    if (at_ >= text_.size()) return invalid("`" + out.text + "(` has no end");
    if (text_[at_] == ')') {
      ++at_;
      return out;
    }
    const std::size_t name_length =
        run_length(text_, at_, [](char c) { return is_word(c) || c == '.'; });
    if (name_length == 0 || !is_letter(text_[at_]))
      return invalid("no parameter's name in `" + out.text + "(`");
    Parameter parameter{lower(text_.substr(at_, name_length)), {}};
    at_ += name_length;
    skip_inside();
    if (at_ >= text_.size() || text_[at_] != '=')
      return invalid("no `=` after `" + parameter.name + "`");
    ++at_;
    skip_inside();
    std::string problem;
    if (!values_of(parameter, problem)) return invalid(problem);
    out.parameters.push_back(std::move(parameter));
  }
}

bool Lexer::skip_string(char quote) {
  for (++at_; at_ < text_.size(); ++at_) {
    if (text_[at_] == quote) {
      ++at_;
      return true;
    }
    if (text_[at_] == '\\') ++at_;
  }
  at_ = text_.size();
  return false;
}

/// An expression up to the word or character that ends it. What it says is kept as text alone.
Token Lexer::expression(Kind kind, std::string_view end) {
  Token out{kind, {}, {}, joined_.line_at(at_)};
  const std::size_t begin = at_;
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (c == '"' || c == '\'' || c == '`') {
      if (!skip_string(c)) break;
    } else if (c == '$') {
      ++at_;
      at_ += run_length(text_, at_, [](char v) { return is_word(v) || is_one_of("$!./@-[]", v); });
    } else if (is_word(c)) {
      const std::size_t length = run_length(text_, at_, is_word);
      const bool ends = iequals(text_.substr(at_, length), end);
      at_ += length;
      if (ends) {
        if (kind == Kind::condition)
          out.text = std::string(trim(text_.substr(begin, at_ - length - begin)));
        return out;
      }
    } else if (end.size() == 1 && c == end.front()) {
      ++at_;
      return out;
    } else if (!text_.substr(at_).starts_with("/*") || !skip_blank_or_comment()) {
      ++at_;
    }
  }
  return invalid("an expression without its `" + std::string(end) + "`");
}

}  // namespace plimsoll::rsyslog
