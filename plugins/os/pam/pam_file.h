#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll {

/// One logical line of a PAM configuration file: comments gone, continuations joined.
struct PamLine {
  std::string text;
  std::uint32_t number = 0;  ///< of the line on which it starts
};

struct PamLines {
  std::vector<PamLine> lines;
  /// The file ends inside a continued line, or such a line is too long: libpam then gives up on
  /// the service as a whole.
  bool broken = false;
};

/// pam.conf(5), as libpam assembles lines in a buffer of 1024 bytes.
PamLines pam_lines(std::string_view text);

/// Takes the next word off the text: blanks separate, `[...]` is one word, in which `\]` stands
/// for `]`. Empty when there is none left.
std::optional<std::string> next_pam_word(std::string_view& text);

}  // namespace plimsoll
