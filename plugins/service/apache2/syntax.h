#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::apache2 {

/// Takes the next word off `rest` as ap_getword_conf does: quotes at its start enclose it, a
/// backslash before the quote or another backslash goes. Empty at the end (and for `""`).
std::string take_word(std::string_view& rest);
std::vector<std::string> all_words(std::string_view text);

/// A line of configuration: continued ones joined, blanks at both ends gone.
struct Statement {
  std::string text;
  std::uint32_t file = 0;  ///< index into Tree::files
  std::uint32_t line = 0;  ///< where it starts
};

/// Cuts a file into statements (server/util.c, ap_cfg_getline).
class FileLines {
 public:
  FileLines(std::string_view text, std::uint32_t file) : text_(text), file_(file) {}
  /// `after_macro`: mod_macro reads what follows a macro byte by byte, and loses a last line
  /// without a line break.
  bool next(Statement& out, bool after_macro);

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  std::uint32_t file_, line_ = 0;
};

/// What `Define` and the environment give: names of the first have no case.
class Variables {
 public:
  std::map<std::string, std::string, std::less<>> environment;

  void define(const std::string& name, const std::string* value);
  void undefine(const std::string& name);
  [[nodiscard]] bool is_defined(std::string_view name) const {
    return defined_.find(name) != defined_.end();
  }
  /// Replaces `${NAME}`; what nothing gives a value to stays. False: it got longer than a line may
  /// be.
  bool resolve(std::string_view text, std::string& out) const;

 private:
  [[nodiscard]] const std::string* value_of(std::string_view name) const;

  std::map<std::string, bool, std::less<>> defined_;
  std::map<std::string, std::string, std::less<>> values_;  ///< names in lower case
};

}  // namespace plimsoll::apache2
