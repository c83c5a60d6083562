#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace plimsoll {

/// What the ignore files of a tree exclude, as gitignore(5) has it: patterns of a deeper file beat
/// those of a higher one, and within one file the last that matches decides.
class IgnoreRules {
 public:
  /// Adds the patterns of an ignore file that lies in `directory` (`/` or `/a/b`).
  void add(std::string_view directory, std::string_view text);
  /// How many patterns there are, and back to that many: when a directory is left.
  [[nodiscard]] std::size_t size() const { return patterns_.size(); }
  void truncate(std::size_t size) { patterns_.resize(size); }
  /// Whether the path is excluded; its parents are not (nothing below an excluded directory is ever
  /// asked for).
  [[nodiscard]] bool ignores(std::string_view path, bool is_directory) const;

 private:
  struct Pattern {
    std::string base;  ///< the directory of the file, with a slash at its end
    std::string text;
    bool negated = false;
    bool only_directories = false;
    bool anchored = false;  ///< has a slash: matches from `base`, else the last name alone
  };
  std::vector<Pattern> patterns_;
};

/// Whether a pattern of gitignore(5) (`*`, `?`, `[...]`, `**`) matches a relative path. In `**/`
/// and
/// `/**` every directory is meant; elsewhere a star stops at a slash.
bool matches_path_pattern(std::string_view pattern, std::string_view path);

}  // namespace plimsoll
