#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll {

/// A change of whole lines in one place of a text.
struct LineEdit {
  std::uint32_t line = 1;  ///< from 1: what is removed begins here, and what is added stands here
  std::uint32_t removed = 0;       ///< how many lines go
  std::vector<std::string> added;  ///< without their line ends

  friend bool operator==(const LineEdit&, const LineEdit&) = default;
};

/// A line without its end, and without the carriage return of a CRLF; empty beyond the text.
std::string_view line_of(std::string_view text, std::uint32_t number);

/// The text after the edit; lines that are added end as the text's own lines do. Empty when the
/// text has no such lines.
std::optional<std::string> applied(std::string_view text, const LineEdit& edit);

/// An edit as it is shown to others.
struct ShownEdit {
  std::uint32_t line = 1;     ///< from 1
  std::uint32_t removed = 0;  ///< lines, with their ends
  std::string inserted;       ///< in their place; its lines end as the text's own do
  /// A unified diff with three lines around it, which `patch -p1` and `git apply` take in the
  /// directory that the path is below.
  std::string diff;
};

/// A line, and the one above it, that must not be shown to others.
using IsHidden = bool (*)(std::string_view line, std::string_view before);

/// Empty for a path that a diff could not name (control characters), where the edit cannot be
/// applied, and where it would show a hidden line: of those around it, it shows as many as it may.
std::optional<ShownEdit> shown_edit(std::string_view text, const LineEdit& edit,
                                    std::string_view path, IsHidden is_hidden);

}  // namespace plimsoll
