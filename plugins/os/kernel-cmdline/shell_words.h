#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll {

using ShellVariables = std::map<std::string, std::string, std::less<>>;

/// One word of a command with its quotes resolved and its variables replaced.
struct ShellWord {
  std::string text;
  std::uint32_t line = 0;  ///< on which it starts
  bool quoted = false;     ///< some part of it was in quotes: `'{'` is no brace
  bool computed = false;   ///< it holds a command substitution, so `text` is not the whole truth
  std::size_t equals =
      std::string::npos;  ///< the first `=` outside quotes in a plain NAME=... word
};

/// Cuts the text of a shell-like script (POSIX sh, GRUB) into commands: words up to a line feed or
/// `;`, `&`, `|`. Comments and joined lines are resolved; a variable that is not set is empty, and
/// one outside quotes is split at its blanks.
class ShellReader {
 public:
  ShellReader(std::string_view text, const ShellVariables& variables)
      : text_(text), variables_(variables) {}
  /// The next command with at least one word; false at the end.
  bool next(std::vector<ShellWord>& command);
  /// Reading stopped early: words and variables grew past what any real file needs.
  [[nodiscard]] bool gave_up() const { return gave_up_; }

 private:
  void skip_blanks();
  void read_word(std::vector<ShellWord>& command);
  void read_single(ShellWord& word);
  void read_double(ShellWord& word);
  bool read_expansion(std::string& value, ShellWord& word);
  void skip_substitution(char close);
  char take();
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }

  std::string_view text_;
  const ShellVariables& variables_;
  std::size_t at_ = 0;
  std::uint32_t line_ = 1;
  std::size_t budget_ = 4U << 20U;  ///< bytes that variables may still put in
  bool gave_up_ = false;
};

/// Whether the text is a name that a shell variable can have.
bool is_shell_name(std::string_view text);

}  // namespace plimsoll
