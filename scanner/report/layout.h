#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll {

enum class Ink : std::uint8_t { plain, bold, dim, red, yellow, cyan, green, blue };

/// How text meets a terminal: colours when there are any, lines no wider than `width` columns.
/// Everything that is printed through it is escaped; the only escape sequences in its output are
/// its own.
class Layout {
 public:
  Layout(bool color, std::size_t width) : color_(color), width_(width) {}

  [[nodiscard]] std::string ink(Ink ink, std::string_view text) const;
  /// `label` and then `text`, broken at blanks; later lines begin below the text. A word longer
  /// than the line stays whole, so that paths can be copied, unless it is a list.
  [[nodiscard]] std::string wrap(std::string_view label, std::string_view text,
                                 Ink label_ink = Ink::plain) const;
  /// The same with pieces that stay whole; they are escaped already.
  [[nodiscard]] std::string wrap_pieces(std::string_view label,
                                        const std::vector<std::string_view>& pieces,
                                        Ink label_ink = Ink::plain) const;
  /// `── text ─────`, as wide as the page.
  [[nodiscard]] std::string heading(std::string_view text, Ink heading_ink) const;
  [[nodiscard]] std::size_t width() const { return width_; }

 private:
  struct Piece {
    std::string_view text, before;  ///< `before`: what stands between it and the last one of a line
  };
  static void add_elements(std::string_view word, std::vector<Piece>& pieces);
  [[nodiscard]] std::string lay_out(std::string_view label, const std::vector<Piece>& pieces,
                                    Ink label_ink) const;

  bool color_;
  std::size_t width_;
};

/// How many columns a terminal needs for a text that is `printable` already.
std::size_t columns(std::string_view text);

/// A part of a line that fits into so many columns, escaped, tabs as blanks, with the columns of
/// what it is about.
struct Excerpt {
  std::string text;
  std::size_t at = 0;     ///< columns before the span
  std::size_t width = 1;  ///< columns of the span
  std::size_t byte = 1;   ///< where the span begins in the line, from 1
  bool is_value = false;  ///< the span is the value itself, not the whole line for want of it
};

/// `line` around the place where `value` stands at or after byte `column` (from 1, 0: anywhere): as
/// a word of its own, in any case of letters. Without it the span is all of the line from that
/// column on.
Excerpt excerpt(std::string_view line, std::size_t column, std::string_view value,
                std::size_t room);

}  // namespace plimsoll
