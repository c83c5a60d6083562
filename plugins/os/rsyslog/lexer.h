#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace plimsoll::rsyslog {

/// A configuration text as rsyslog reads it: blanks at line ends gone, continued lines joined.
class Joined {
 public:
  explicit Joined(std::string_view text);
  [[nodiscard]] std::string_view text() const { return text_; }
  /// The line of the file in which the byte stood.
  [[nodiscard]] std::uint32_t line_at(std::size_t offset) const;

 private:
  std::string text_;
  std::vector<std::size_t> starts_;  // of each line of the file, in text_
};

/// `name = "value"` or `name = ["a", "b"]` inside an object's parentheses.
struct Parameter {
  std::string name;  // lower case
  std::vector<std::string> values;
};

struct Token {
  enum class Kind : std::uint8_t {
    end,
    object,     // `action(...)`: text is the name in lower case
    directive,  // `$Name value`: text is the whole line from the `$` on
    include,    // `$IncludeConfig path`: text is the path
    selector,   // `mail.info` or `:msg, contains, "x"`, and BSD-style blocks
    condition,  // `if ... then`, `foreach (...) do`: text is what stands between
    action,     // in the old form: text is the rest of the line
    call,       // text is the ruleset, empty for call_indirect
    ampersand,
    open,
    close,
    other_else,  // `else`
    statement,   // `stop`, `set ...;` and the like: nothing that concerns files or hosts
    invalid,     // text says what
  };
  Kind kind = Kind::end;
  std::string text;
  std::vector<Parameter> parameters;
  std::uint32_t line = 0;
};

/// The tokens of one file. The grammar's `$` lines end with the line, old actions as well; the rest
/// is free-form.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : joined_(text), text_(joined_.text()) {}
  Token next();

 private:
  using Kind = Token::Kind;
  [[nodiscard]] bool at_line_start() const { return at_ == 0 || text_[at_ - 1] == '\n'; }
  [[nodiscard]] std::string_view rest_of_line(std::size_t from) const;
  [[nodiscard]] std::size_t match_selector() const;
  [[nodiscard]] std::size_t match_property_filter() const;
  [[nodiscard]] std::size_t match_host_block() const;
  bool skip_blank_or_comment();
  Token token(Kind kind, std::size_t length);
  Token line_token(Kind kind);
  Token invalid(std::string what);
  Token directive();
  Token word();
  Token object(std::string name, std::size_t length);
  Token expression(Kind kind, std::string_view end);
  Token called();
  bool values_of(Parameter& parameter, std::string& problem);
  bool quoted(std::string& value, std::string& problem);
  bool skip_string(char quote);
  void skip_inside();

  Joined joined_;
  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace plimsoll::rsyslog
