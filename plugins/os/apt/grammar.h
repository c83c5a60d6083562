#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace plimsoll::apt {

/// Walks a text line by line as apt reads it: in pieces of 4,095 bytes, each of which ends at a
/// NUL byte.
class LineReader {
 public:
  explicit LineReader(std::string_view text) : text_(text) {}
  /// The next line as it stands; nothing at the end.
  std::optional<std::string> next_raw();
  /// The next line without the blanks around it, tabs as eight spaces; nothing at the end.
  std::optional<std::string> next();
  /// Of the line that `next` gave last, from 1.
  [[nodiscard]] std::uint32_t number() const { return number_; }

 private:
  std::string_view text_;
  std::uint32_t number_ = 0;
  std::uint32_t newlines_ = 0;
};

/// What of a line is no comment. `in_comment` is carried from line to line.
std::string without_comments(std::string_view line, bool& in_comment);

/// The next word: quotes are dropped, `%41` is decoded, and a blank inside of `"…"` or `[…]` does
/// not end it. Takes it from the text, with the blanks behind it.
std::optional<std::string> take_word(std::string_view& text);

/// A value of quoted strings alone, put together with one blank where there are any between them.
/// Takes all of the text, or nothing.
std::optional<std::string> take_strings(std::string_view& text);

}  // namespace plimsoll::apt
