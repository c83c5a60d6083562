#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::files {

/// A pattern with `{a,b}` resolved into several (as shells do); empty when they would be
/// more than 256.
std::vector<std::string> expand_braces(std::string_view pattern);

/// A pattern on whole paths, taken apart once: glob(3) part by part, with braces, and with `**` for
/// any number of parts, at the end for at least one. One whose braces expand to too many matches
/// nothing.
class GlobPattern {
 public:
  explicit GlobPattern(std::string text);

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] bool matches(std::string_view path) const;
  /// Whether a file that lies right in that directory may match: cheap, and never wrong to say yes.
  [[nodiscard]] bool may_match_in(std::string_view directory) const;

 private:
  struct Plain {
    std::vector<std::string> parts;
    std::string beginning;  ///< the directory that its parts before any wildcard name; `/` for none
  };
  std::string text_;
  std::vector<Plain> plains_;
};

}  // namespace plimsoll::files
