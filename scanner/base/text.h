#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll {

inline constexpr std::string_view kBlanks = " \t\r\n\v\f";

std::string_view trim(std::string_view text, std::string_view strip = kBlanks);
std::string_view trim_left(std::string_view text, std::string_view strip = kBlanks);
std::string_view trim_right(std::string_view text, std::string_view strip = kBlanks);

/// ASCII only: configuration keywords never depend on the locale.
std::string lower(std::string_view text);
std::string upper(std::string_view text);
bool iequals(std::string_view a, std::string_view b);
bool istarts_with(std::string_view text, std::string_view prefix);

/// The pieces between single separators, empty ones kept: "a::b" at ':' gives "a", "", "b".
std::vector<std::string_view> split(std::string_view text, char separator);
/// The words between runs of any of `separators`; never an empty one.
std::vector<std::string_view> words(std::string_view text, std::string_view separators = kBlanks);
/// `list`, words with one blank between them, has `word` among them.
bool is_one_of(std::string_view word, std::string_view list);
/// Where `wanted` begins in `text`, from `from` on; npos when it does not. For texts as long as a
/// file: std::string_view::find() starts anew at each letter that `wanted` begins with.
std::size_t find_text(std::string_view text, std::string_view wanted, std::size_t from = 0);
bool contains(std::string_view text, std::string_view wanted);
/// A line of the text begins with one of `starts`, words with one blank between them.
bool has_line_starting(std::string_view text, std::string_view starts);
std::string join(const std::vector<std::string>& parts, std::string_view separator);
std::string join(const std::vector<std::string_view>& parts, std::string_view separator);

/// The whole text as a number in that base, sign allowed; empty when it is not one or does not fit.
std::optional<std::int64_t> to_integer(std::string_view text, int base = 10);

/// One line of a text, without its `\n`. A `\r` and a byte-order mark stay: what they mean differs
/// from program to program.
struct Line {
  std::string_view text;
  std::uint32_t number = 0;  ///< from 1
};

/// Walks the lines of a text without copying: `for (const Line& line : lines(text))`.
class lines {
 public:
  explicit lines(std::string_view text);
  class iterator {
   public:
    explicit iterator(std::string_view rest, bool at_end);
    const Line& operator*() const { return line_; }
    const Line* operator->() const { return &line_; }
    iterator& operator++();
    bool operator!=(const iterator& other) const { return at_end_ != other.at_end_; }

   private:
    void take();
    std::string_view rest_;
    Line line_;
    bool at_end_;
  };
  [[nodiscard]] iterator begin() const { return iterator(text_, text_.empty()); }
  [[nodiscard]] iterator end() const { return iterator({}, true); }

 private:
  std::string_view text_;
};

/// The text with everything a terminal could obey (C0, DEL, C1, invalid UTF-8, bidi controls)
/// written as \xNN.
std::string printable(std::string_view text);
/// Valid UTF-8: each byte that is not becomes U+FFFD.
std::string valid_utf8(std::string_view text);

}  // namespace plimsoll
