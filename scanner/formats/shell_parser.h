#pragma once

// The parser behind shell_command.h; nobody else includes this.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/formats/shell_command.h"

namespace plimsoll::shell {

inline bool is_name_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
inline bool is_name_char(char c) { return is_name_start(c) || is_digit(c); }
inline bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }
/// How much of a text is the name of a variable.
std::size_t name_length(std::string_view text);

/// What is nested deeper is read past.
inline constexpr unsigned kDeepest = 24;

/// What all levels of one script share.
struct Shared {
  Script out;
  Variables known;                ///< what assignments in the script have set
  std::vector<std::string> lost;  ///< set in the script to something that is not known
  const Variables& given;
  std::size_t expanded = 0;
};

/// Which character or word ends a list.
enum class Closer : std::uint8_t { end, parenthesis, clause };

/// Reads a script by recursive descent, token by token: lists and redirections in
/// shell_command.cpp, reserved words in shell_clauses.cpp, words and expansions in
/// shell_expansion.cpp.
class Parser {
 public:
  Parser(std::string_view text, std::size_t base, unsigned depth, Shared& shared)
      : text_(text), base_(base), depth_(depth), shared_(shared) {}
  void run();

 private:
  using Joint = Command::Joint;

  // --- characters

  [[nodiscard]] char at(std::size_t i) const { return i < text_.size() ? text_[i] : '\0'; }
  [[nodiscard]] bool next_is(std::string_view what) const;
  std::vector<Command>& commands() { return shared_.out.commands; }

  // --- lists of commands

  struct State {
    Command command;
    Joint joint = Joint::sequence;
    std::size_t start = 0;            ///< of the pipeline
    std::size_t inner = 0;            ///< where the commands of this one's substitutions begin
    std::vector<std::size_t> groups;  ///< the pipelines around `{`, `if`, `while`
  };

  /// `joint`: what ties the list to the command before; of a subshell the input is its first
  /// command's.
  void list(Closer closer, Joint joint = Joint::sequence);
  void give_up();

  /// Reads one token; true when it was the closer.
  bool step(Closer closer);
  void skip_comment();
  void separate(Joint joint, std::size_t length);
  void new_line();
  bool semicolon(Closer closer);
  void ampersand();
  void bar();
  bool close(Closer closer);
  void parenthesis();

  // --- words

  bool word_or_reserved(Closer closer);
  bool reserved(std::string_view text);

  /// `for NAME in WORDS`: up to the separator before `do`.
  void loop_head();
  void function_head();
  void skip_blanks();
  void case_clause();
  void skip_pattern();

  /// `[[ ... ]]`: its operators are not those of commands.
  void skip_condition();
  bool take_assignment(std::vector<Word>& got);

  /// One word; several where an unquoted variable has blanks in it, none where it is empty.
  std::vector<Word> word();
  static bool opens_array(const Word& word);

  /// Reads one piece; true when it was an expansion that leaves no word by itself.
  bool unquoted(char c, Word& word, std::vector<Word>& out);
  void single_quoted(Word& word);
  void double_quoted(Word& word);

  /// $'...': escapes as in C.
  void ansi_quoted(Word& word);

  /// A list in parentheses after `NAME=` or a pattern: read past, as written.
  void array(Word& word);

  // --- expansions

  bool dollar(Word& word, std::vector<Word>* out);

  /// `${...}`: the whole as written, or its value when it is a name alone or with a default.
  bool braces(Word& word, std::vector<Word>* out);
  [[nodiscard]] std::optional<std::string_view> value_of(std::string_view name) const;
  bool expand(std::string_view name, std::string_view written, Word& word, std::vector<Word>* out);

  /// A value; unquoted (`out`) it is split at blanks (sh(1), "White Space Splitting").
  bool add(std::string_view value, Word& word, std::vector<Word>* out);

  /// `$(`, `<(`, `>(`: the commands inside are commands of the script, too.
  void substitution(Word& word, std::size_t opening);
  void backquoted(Word& word);
  void inner_script(std::string_view text, std::size_t base);

  /// From behind `((` to behind `))`; false, and nowhere, when it is not arithmetic.
  bool skip_arithmetic(std::size_t from);

  // --- redirections

  [[nodiscard]] bool at_redirect() const;
  void redirect();

  struct Heredoc {
    std::string delimiter;
    bool strip = false;
    std::size_t command = 0;   ///< the index that its command gets, or a later one of its line
    std::size_t redirect = 0;  ///< which of the redirections of the command it is
  };
  void read_heredocs();
  void give_heredoc(const Heredoc& heredoc, std::size_t begin, std::string_view body);
  static constexpr std::size_t kTaken = std::string_view::npos;

  // --- commands

  void forget(const std::string& name);
  void remember(const std::string& name, const Word& value);

  /// What later commands of the script see: assignments without a command, `export` and the like.
  void note_assignments(const Command& command);
  void finish();

  /// The command just added may start another one.
  void unwrap(int level);
  std::string_view text_;
  std::size_t base_;
  unsigned depth_;
  Shared& shared_;
  std::size_t pos_ = 0;
  State now_;
  std::vector<Heredoc> heredocs_;
  unsigned arithmetic_tries_ = 0;  ///< failed ones: each looks at all that follows
};

}  // namespace plimsoll::shell
