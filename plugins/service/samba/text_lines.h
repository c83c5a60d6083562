#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace plimsoll::samba {

/// A line put together from those it is continued on: without blanks in front, and with one blank
/// where there were several.
struct TextLine {
  std::string text;
  std::uint32_t number = 0;  ///< of the line on which it starts
  std::uint32_t column = 0;  ///< of the value, or of what there is; from 1
};

/// Walks the lines that say something, as lib/util/tini.c gathers them: `#` and `;` begin a comment
/// only where a line starts, and a comment is not continued. A NUL ends the text of a line.
class TextLines {
 public:
  explicit TextLines(std::string_view text) : text_(text) {}
  [[nodiscard]] std::optional<TextLine> next();

 private:
  [[nodiscard]] bool skip_to_content();
  void end_line();
  bool take(char c, TextLine& out);

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_begin_ = 0;
  std::uint32_t number_ = 1;
  bool has_equals_ = false;
  bool has_value_ = false;
};

/// `[name]`, or nothing where the bracket does not close.
std::optional<std::string> section_name(std::string_view line);

struct Assignment {
  std::string name, value;
  bool is_nameless = false;  ///< nothing stands before `=`
};
/// `name = value`; nothing where there is no `=`: such a line says nothing.
std::optional<Assignment> assignment(std::string_view line);

}  // namespace plimsoll::samba
