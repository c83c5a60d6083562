#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace plimsoll::sudoers {

enum class Kind : std::uint8_t {
  end,
  newline,
  error,  ///< `text` says why
  word,
  alias,
  all,
  netgroup,
  group,
  command,  ///< path and arguments, one space apart
  digest,
  digest_type,  ///< `sha256`
  tag,          ///< `NOPASSWD`
  option,       ///< `CWD`, `TIMEOUT`, `ROLE`, ...
  variable,     ///< of a Defaults line
  defaults,     ///< `text` is the kind of scope: empty, `:`, `@`, `!` or `>`
  alias_kind,   ///< `User_Alias`
  include,
  include_directory,
  punctuation,  ///< one of ( ) , = : ! or, in a Defaults line, += as `+` and -= as `-`
};

struct Token {
  Kind kind = Kind::end;
  std::string text;
  std::uint32_t line = 0;
  [[nodiscard]] bool is(char c) const {
    return kind == Kind::punctuation && text.size() == 1 && text[0] == c;
  }
};

/// Cuts sudoers(5) text into tokens. What a character means depends on where it stands (in a
/// command, in a Defaults list, in a string), so the lexer keeps a state; in each state the longest
/// reading wins, and of equally long ones the first in the order of the rules.
class Lexer {
 public:
  /// `text` as read from a file; line ends inside are kept, a NUL ends its line.
  explicit Lexer(std::string_view text);
  Token next();

 private:
  enum class State : std::uint8_t {
    initial,
    scope,        ///< between Defaults and its list: who it is about
    before_name,  ///< a Defaults name comes next
    after_name,   ///< operator, value or comma
    command,      ///< arguments of a command
    regex,        ///< arguments that are one regular expression
    string,       ///< in double quotes
    digest,       ///< a digest comes next
    include_path,
    option_path,  ///< the value of CWD or CHROOT
  };
  /// One reading of what comes next: what it is, and how many bytes.
  struct Reading {
    std::size_t length = 0;
    int rule = -1;
  };

  [[nodiscard]] std::string_view rest() const { return std::string_view(text_).substr(at_); }
  [[nodiscard]] bool in_rules() const;
  void offer(Reading& best, int rule, std::size_t length) const;
  [[nodiscard]] Reading choose() const;
  void choose_rule_words(Reading& best) const;
  void choose_words(Reading& best) const;
  void choose_common(Reading& best) const;
  bool act(const Reading& reading, Token& token);
  bool act_line(int rule, std::string_view matched, Token& token);
  bool act_word(int rule, std::string_view matched, Token& token);
  bool act_state(int rule, std::string_view matched, Token& token);
  bool end_string(Token& token);
  void begin_command(std::string_view matched);
  void add_argument(std::string_view text, bool blank_before);
  bool fail(Token& token, std::string why) const;

  std::string text_;
  std::size_t at_ = 0;
  std::uint32_t line_ = 1;
  State state_ = State::initial;
  State after_string_ = State::initial;
  bool line_start_ = true;
  bool continued_ = false;
  bool saw_blank_ = false;
  std::size_t digest_bytes_ = 0;
  std::string value_;  ///< string being gathered
  bool has_value_ = false;
  std::string command_;
  std::string arguments_;
  bool has_arguments_ = false;
};

}  // namespace plimsoll::sudoers
