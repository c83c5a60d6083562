#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/origin.h"

namespace plimsoll::redis {

/// A line as the server has it in memory, and where it begins.
struct TextLine {
  std::string text;
  Origin origin;
};

/// The texts of files, one behind the other. The server reads pieces of a line with fgets(3), and
/// of each takes what is before a NUL: such a line goes on in the next, and so does the last line
/// of a file without an end.
class ConfigText {
 public:
  /// `piece`: how many bytes fgets reads at most.
  explicit ConfigText(std::size_t piece) : piece_(piece) {}
  void add(const std::string& path, std::string_view text);
  [[nodiscard]] const std::vector<TextLine>& lines() const { return lines_; }

 private:
  std::size_t piece_;
  bool is_open_ = false;  ///< the last line has no end yet
  std::vector<TextLine> lines_;
};

}  // namespace plimsoll::redis
