#include "scanner/root/ignore_rules.h"

#include <algorithm>

#include "scanner/base/text.h"
#include "scanner/root/root.h"

namespace plimsoll {
namespace {

constexpr std::size_t kMostPatterns = 1U << 12U;

/// gitignore(5): trailing blanks do not count, unless one is quoted by a backslash.
std::string_view without_trailing_blanks(std::string_view line) {
  while (line.ends_with(' ') && !line.ends_with("\\ ")) line.remove_suffix(1);
  return line;
}

std::vector<std::string_view> parts_of(std::string_view path) {
  std::vector<std::string_view> out;
  for (const std::string_view part : words(path, "/")) out.push_back(part);
  return out;
}

}  // namespace

// Part by part; of several `**` only the last one met needs to be tried again, so the time is the
// product of the two lengths at most.
bool matches_path_pattern(std::string_view pattern, std::string_view path) {
  const auto wanted = parts_of(pattern);
  const auto parts = parts_of(path);
  std::size_t w = 0, p = 0, star = std::string_view::npos, resume = 0;
  while (p < parts.size()) {
    if (w < wanted.size() && wanted[w] == "**") {
      star = w++;
      resume = p;
      // `a/**` is everything inside, not `a` itself, so it needs one more part, which is here.
      if (w == wanted.size()) return true;
    } else if (w < wanted.size() && path_part_matches(wanted[w], parts[p])) {
      ++w, ++p;
    } else if (star != std::string_view::npos) {
      w = star + 1;
      p = ++resume;
    } else {
      return false;
    }
  }
  return w == wanted.size();
}

void IgnoreRules::add(std::string_view directory, std::string_view text) {
  for (const Line& line : lines(text)) {
    if (patterns_.size() >= kMostPatterns) return;
    std::string_view pattern = without_trailing_blanks(line.text);
    if (pattern.ends_with('\r')) pattern.remove_suffix(1);
    if (pattern.empty() || pattern.starts_with('#')) continue;
    Pattern made;
    made.base = directory == "/" ? "/" : std::string(directory) + '/';
    made.negated = pattern.starts_with('!');
    if (made.negated) pattern.remove_prefix(1);
    made.only_directories = pattern.ends_with('/');
    while (pattern.ends_with('/')) pattern.remove_suffix(1);
    made.anchored = pattern.find('/') != std::string_view::npos;
    if (pattern.empty()) continue;
    made.text = pattern;
    patterns_.push_back(std::move(made));
  }
}

bool IgnoreRules::ignores(std::string_view path, bool is_directory) const {
  const auto matches = [&](const Pattern& pattern) {
    if (pattern.only_directories && !is_directory) return false;
    if (!pattern.anchored) return path_part_matches(pattern.text, base_name(path));
    return matches_path_pattern(pattern.text, path.substr(pattern.base.size()));
  };
  const auto found = std::find_if(patterns_.rbegin(), patterns_.rend(), matches);
  return found != patterns_.rend() && !found->negated;
}

}  // namespace plimsoll
