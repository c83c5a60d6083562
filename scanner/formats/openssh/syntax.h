#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The lexical layer that sshd_config(5) and ssh_config(5) share.
namespace plimsoll::openssh {

/// A line as the program's reader hands it on: leading blanks gone, number of the line it starts
/// on.
struct ConfigLine {
  std::string text;
  std::uint32_t number = 0;
};

/// Cuts a file into lines the way OpenSSH does: a NUL ends a line without its newline, so what
/// follows it is lost and the next line continues this one.
std::vector<ConfigLine> config_lines(std::string_view text);

/// Takes words off a line: separated by blanks or one `=`; double quotes group, backslashes are
/// nothing special. This is how keywords and Match criteria are read.
class WordReader {
 public:
  explicit WordReader(std::string_view text) : text_(text) {}
  /// The next word; empty at the end of the line and for a quote that never closes.
  std::optional<std::string> next();
  /// What has not been taken yet; empty optional when the last word reached the end of the line.
  [[nodiscard]] std::optional<std::string_view> rest() const;

 private:
  void skip_blanks();
  std::string_view text_;
  std::size_t at_ = 0;
  bool ended_ = false;
};

/// A keyword and what follows it, or neither for blank lines and comments.
struct Directive {
  std::string keyword;
  std::optional<std::string_view> rest;  ///< points into the line
};
std::optional<Directive> read_directive(std::string_view line);

/// Splits the arguments of a keyword: blanks separate, single and double quotes group, `\` escapes
/// quotes, itself and (outside quotes) a space, `#` at the start of a word begins a comment.
/// Empty when a quote never closes.
std::optional<std::vector<std::string>> split_arguments(std::string_view text);

/// ssh_config(5) PATTERNS: `*` and `?`, nothing else.
bool matches_pattern(std::string_view text, std::string_view pattern);

enum class ListMatch : std::uint8_t { none, positive, negative };
/// A comma-separated list of patterns; a negated one that matches decides at once.
ListMatch matches_list(std::string_view text, std::string_view patterns, bool fold_case = false);

}  // namespace plimsoll::openssh
