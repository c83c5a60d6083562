#include "plugins/os/file/glob_pattern.h"

#include <algorithm>
#include <utility>

#include "scanner/base/text.h"
#include "scanner/root/root.h"

namespace plimsoll::files {
namespace {

constexpr std::size_t kPatterns = 256;  // what braces may expand to

/// Whether parts of a path match parts of a pattern; `**` stands for any number of them, at the end
/// for at least one. As with the star in a name, only the last one need be reconsidered.
bool parts_match(const std::vector<std::string>& wanted,
                 const std::vector<std::string_view>& parts) {
  std::size_t w = 0, p = 0, resume = 0, mark = 0;
  bool has_star = false;
  while (p < parts.size()) {
    if (w < wanted.size() && wanted[w] == "**") {
      if (++w == wanted.size()) return true;
      has_star = true;
      resume = w;
      mark = p;
    } else if (w < wanted.size() && name_matches(wanted[w], parts[p])) {
      ++w;
      ++p;
    } else if (has_star) {
      w = resume;
      p = ++mark;
    } else {
      return false;
    }
  }
  return w == wanted.size();
}

bool has_wildcard(std::string_view part) {
  return part.find_first_of("*?[\\") != std::string_view::npos;
}

}  // namespace

std::vector<std::string> expand_braces(std::string_view pattern) {
  std::vector<std::string> out;
  std::vector<std::string> waiting{std::string(pattern)};
  while (!waiting.empty() && out.size() + waiting.size() <= kPatterns) {
    const std::string text = std::move(waiting.back());
    waiting.pop_back();
    // The innermost pair first: the last `{` that has a `}` after it.
    const auto close = text.find('}');
    const auto open = close == std::string::npos ? close : text.rfind('{', close);
    if (open == std::string::npos) {
      out.push_back(text);
      continue;
    }
    for (const std::string_view choice :
         split(std::string_view(text).substr(open + 1, close - open - 1), ','))
      waiting.push_back(text.substr(0, open).append(choice).append(text, close + 1));
  }
  if (!waiting.empty()) return {};
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

GlobPattern::GlobPattern(std::string text) : text_(std::move(text)) {
  for (const std::string& plain : expand_braces(text_)) {
    Plain& made = plains_.emplace_back();
    for (const std::string_view part : words(plain, "/")) made.parts.emplace_back(part);
    for (std::size_t i = 0; i + 1 < made.parts.size() && !has_wildcard(made.parts[i]); ++i)
      made.beginning.append("/").append(made.parts[i]);
    if (made.beginning.empty()) made.beginning = "/";
  }
}

bool GlobPattern::matches(std::string_view path) const {
  const auto parts = words(path, "/");
  return std::any_of(plains_.begin(), plains_.end(),
                     [&](const Plain& plain) { return parts_match(plain.parts, parts); });
}

bool GlobPattern::may_match_in(std::string_view directory) const {
  return std::any_of(plains_.begin(), plains_.end(), [&](const Plain& plain) {
    const std::string_view from = plain.beginning;
    return from == "/" || (directory.starts_with(from) &&
                           (directory.size() == from.size() || directory[from.size()] == '/'));
  });
}

}  // namespace plimsoll::files
