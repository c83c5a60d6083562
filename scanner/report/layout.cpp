#include "scanner/report/layout.h"

#include <fmt/format.h>

#include <algorithm>

#include "scanner/base/text.h"

namespace plimsoll {
namespace {

constexpr std::size_t kTab = 4, kLongestSequence = 4;
// Where the value is looked for: a hostile line must not cost its square.
constexpr std::size_t kSearched = 16384, kLongestValue = 1024;

std::string_view escape_of(Ink ink) {
  switch (ink) {
    case Ink::plain:
      return "";
    case Ink::bold:
      return "\x1b[1m";
    case Ink::dim:
      return "\x1b[2m";
    case Ink::red:
      return "\x1b[1;31m";
    case Ink::yellow:
      return "\x1b[1;33m";
    case Ink::cyan:
      return "\x1b[1;36m";
    case Ink::green:
      return "\x1b[1;32m";
    case Ink::blue:
      return "\x1b[1;34m";
  }
  return "";
}

std::size_t sequence_bytes(unsigned char first) {
  return first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

/// East Asian wide and emoji blocks take two columns, combining marks none (Unicode TR 11, in
/// outline).
std::size_t columns_of(std::string_view sequence) {
  std::uint32_t code = 0;
  const auto byte = [&](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(sequence[i]));
  };
  if (sequence.size() == 1) return 1;
  if (sequence.size() == 2) code = ((byte(0) & 0x1FU) << 6U) | (byte(1) & 0x3FU);
  if (sequence.size() == 3)
    code = ((byte(0) & 0x0FU) << 12U) | ((byte(1) & 0x3FU) << 6U) | (byte(2) & 0x3FU);
  if (sequence.size() == 4) return (byte(1) & 0x30U) == 0x10U && byte(0) == 0xF0 ? 2 : 1;
  if (code >= 0x300 && code <= 0x36F) return 0;
  const bool is_wide = (code >= 0x1100 && code <= 0x115F) || (code >= 0x2E80 && code <= 0xA4CF) ||
                       (code >= 0xAC00 && code <= 0xD7A3) || (code >= 0xF900 && code <= 0xFAFF) ||
                       (code >= 0xFE30 && code <= 0xFE6F) || (code >= 0xFF00 && code <= 0xFF60) ||
                       (code >= 0xFFE0 && code <= 0xFFE6);
  return is_wide ? 2 : 1;
}

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool stands_alone(std::string_view line, std::size_t at, std::size_t size) {
  const bool joined_left = at > 0 && is_word(line[at - 1]) && is_word(line[at]);
  const bool joined_right =
      at + size < line.size() && is_word(line[at + size]) && is_word(line[at + size - 1]);
  return !joined_left && !joined_right;
}

struct Span {
  std::size_t begin, end;
  bool is_value;
};

/// Where `value` stands in the line, or the line's text from `from` on.
Span span_of(std::string_view line, std::size_t from, std::string_view value) {
  const std::size_t end_of_search = std::min(line.size(), from + kSearched);
  if (!value.empty() && value.size() <= kLongestValue)
    for (std::size_t at = from; at + value.size() <= end_of_search; ++at)
      if (iequals(line.substr(at, value.size()), value) && stands_alone(line, at, value.size()))
        return {at, at + value.size(), true};
  const std::size_t begin = std::min(line.find_first_not_of(kBlanks, from), line.size());
  const std::size_t end = line.find_last_not_of(kBlanks);
  return {begin, end == std::string_view::npos || end < begin ? begin : end + 1, false};
}

/// No more than so many bytes, and no character cut in two.
std::string_view clip(std::string_view raw, std::size_t bytes) {
  if (raw.size() <= bytes) return raw;
  while (bytes > 0 && is_continuation(raw[bytes])) --bytes;
  return raw.substr(0, bytes);
}

/// A piece of the raw line as it may be shown: escaped, tabs as blanks.
std::string shown(std::string_view raw) {
  std::string out;
  for (std::size_t at = 0; at <= raw.size();) {
    const std::size_t tab = std::min(raw.find('\t', at), raw.size());
    out += printable(raw.substr(at, tab - at));
    if (tab < raw.size()) out.append(kTab, ' ');
    at = tab + 1;
  }
  return out;
}

/// The longest start of an escaped text that needs no more than `room` columns.
std::string_view fitting(std::string_view text, std::size_t room) {
  std::size_t at = 0, used = 0;
  while (at < text.size()) {
    const std::size_t length = sequence_bytes(static_cast<unsigned char>(text[at]));
    used += columns_of(text.substr(at, length));
    if (used > room) break;
    at += length;
  }
  return text.substr(0, at);
}

/// The longest end of it that needs no more than `room` columns.
std::string_view ending(std::string_view text, std::size_t room) {
  std::size_t wide = columns(text);
  std::size_t at = 0;
  while (at < text.size() && wide > room) {
    const std::size_t length = sequence_bytes(static_cast<unsigned char>(text[at]));
    wide -= columns_of(text.substr(at, length));
    at += length;
  }
  return text.substr(at);
}

}  // namespace

/// A list that is longer than the line is broken behind its commas.
void Layout::add_elements(std::string_view word, std::vector<Piece>& pieces) {
  std::string_view before = " ";
  while (!word.empty()) {
    const std::size_t end = std::min(word.find(','), word.size() - 1) + 1;
    pieces.push_back({word.substr(0, end), before});
    word.remove_prefix(end);
    before = "";
  }
}

std::string Layout::ink(Ink ink, std::string_view text) const {
  if (!color_ || ink == Ink::plain || text.empty()) return std::string(text);
  return fmt::format("{}{}\x1b[0m", escape_of(ink), text);
}

std::string Layout::wrap(std::string_view label, std::string_view text, Ink label_ink) const {
  const std::string safe = printable(text);
  const std::size_t room = width_ - std::min(width_, columns(label));
  std::vector<Piece> pieces;
  for (const std::string_view word : words(safe)) {
    if (columns(word) > room)
      add_elements(word, pieces);
    else
      pieces.push_back({word, " "});
  }
  return lay_out(label, pieces, label_ink);
}

std::string Layout::wrap_pieces(std::string_view label, const std::vector<std::string_view>& pieces,
                                Ink label_ink) const {
  std::vector<Piece> whole;
  whole.reserve(pieces.size());
  for (const std::string_view piece : pieces) whole.push_back({piece, " "});
  return lay_out(label, whole, label_ink);
}

std::string Layout::lay_out(std::string_view label, const std::vector<Piece>& pieces,
                            Ink label_ink) const {
  const std::size_t indent = columns(label);
  std::string out = ink(label_ink, label);
  std::size_t column = indent;
  bool is_first = true;
  for (const Piece& piece : pieces) {
    const std::size_t wide = columns(piece.text);
    if (!is_first && column + piece.before.size() + wide > width_) {
      out += fmt::format("\n{:{}}", "", indent);
      column = indent;
    } else if (!is_first) {
      out += piece.before;
      column += piece.before.size();
    }
    out += piece.text;
    column += wide;
    is_first = false;
  }
  return out + "\n";
}

std::string Layout::heading(std::string_view text, Ink heading_ink) const {
  std::string rule;
  for (std::size_t used = columns(text) + 4; used < width_; ++used) rule += "─";
  return fmt::format("{} {} {}\n", ink(Ink::dim, "──"), ink(heading_ink, text),
                     ink(Ink::dim, rule));
}

std::size_t columns(std::string_view text) {
  std::size_t out = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = sequence_bytes(static_cast<unsigned char>(text[at]));
    out += columns_of(text.substr(at, length));
    at += length;
  }
  return out;
}

Excerpt excerpt(std::string_view line, std::size_t column, std::string_view value,
                std::size_t room) {
  line = trim_right(line);
  const std::size_t from = column == 0 || column > line.size() ? 0 : column - 1;
  const Span span = span_of(line, from, value);
  // A line may be megabytes long: look at no more of it than could be shown.
  std::size_t begin = span.begin > room / 2 ? span.begin - room / 2 : 0;
  if (span.end < room) begin = 0;
  while (begin > 0 && is_continuation(line[begin])) --begin;
  const std::string_view inside =
      clip(line.substr(span.begin, span.end - span.begin), room * kLongestSequence);
  const std::string before = shown(line.substr(begin, span.begin - begin));
  const std::string middle = shown(inside);
  const std::string after =
      shown(clip(line.substr(span.begin + inside.size()), room * kLongestSequence));
  // Escaped text may be wider than what it stands for.
  const bool fits = columns(before) + columns(middle) < room;
  const std::string_view lead = fits ? std::string_view(before) : ending(before, room / 2);
  const bool is_cut = begin > 0 || lead.size() < before.size();
  std::string text = is_cut ? "…" : "";
  text += lead;
  Excerpt out;
  out.byte = span.begin + 1;
  out.is_value = span.is_value;
  out.at = columns(text);
  text += middle + after;
  out.text = fitting(text, room);
  if (out.text.size() < text.size()) out.text = std::string(fitting(text, room - 1)) + "…";
  const std::size_t left = columns(out.text) > out.at ? columns(out.text) - out.at : 1;
  out.width = std::clamp<std::size_t>(columns(middle), 1, left);
  return out;
}

}  // namespace plimsoll
