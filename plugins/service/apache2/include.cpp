#include "plugins/service/apache2/include.h"

#include <fmt/format.h>

#include <array>

namespace plimsoll::apache2 {
namespace {

constexpr std::size_t kDeepestDirectory = 20;
constexpr std::size_t kMostVisits = 50000;

/// Where httpd keeps its configuration on hosts and in images.
constexpr std::array<std::string_view, 6> kHomes = {
    "/etc/apache2/", "/etc/httpd/",       "/usr/local/apache2/",
    "/opt/apache2/", "/usr/local/httpd/", "/usr/local/etc/apache24/"};

/// apr_fnmatch_test: a bracket counts where another closes it.
bool has_wildcard(std::string_view name) {
  bool in_bracket = false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '?' || name[i] == '*' || (name[i] == ']' && in_bracket)) return true;
    if (name[i] == '\\') ++i;
    if (i < name.size() && name[i] == '[') in_bracket = true;
  }
  return false;
}

class Finder {
 public:
  Finder(const Root& root, bool is_optional, Included& out)
      : root_(root), is_optional_(is_optional), out_(out) {}

  void plain(const std::string& path, std::size_t depth) {
    if (is_enough()) return;
    const auto there = root_.stat(path);
    if (there && there->type == FileType::directory) return directory(path, depth);
    if (!there && is_optional_) {
      if (there.error().code != ErrorCode::not_found) out_.errors.push_back(there.error());
      return;
    }
    if (!there && there.error().code == ErrorCode::not_found)
      return miss(fmt::format("{} is not there", path));
    out_.files.push_back(path);
  }

  /// `rest` begins with the first part of the path below `path`.
  void pattern(const std::string& path, std::string_view rest) {
    if (is_enough()) return;
    const std::size_t slash = rest.find('/');
    const std::string_view part = rest.substr(0, slash);
    const std::string_view after = slash == std::string_view::npos ? "" : rest.substr(slash + 1);
    if (part.empty() && slash != std::string_view::npos) return pattern(path, after);
    if (!has_wildcard(part)) {
      const std::string next = join(path, part);
      return after.empty() ? plain(next, 0) : pattern(next, after);
    }
    const auto entries = root_.list(path.empty() ? "/" : path);
    if (!entries) {
      const bool is_missing = entries.error().code == ErrorCode::not_found;
      if (is_missing && is_optional_) return;
      if (is_missing) return miss(fmt::format("{} is not there", path));
      out_.errors.push_back(entries.error());
      return;
    }
    bool has_any = false;
    for (const DirEntry& entry : *entries) {
      if (!name_matches(part, entry.name)) continue;
      const std::string next = join(path, entry.name);
      // httpd follows no link in the middle of a pattern.
      if (!after.empty() && entry.type != FileType::directory) continue;
      has_any = true;
      after.empty() ? plain(next, 0) : pattern(next, after);
    }
    if (!has_any && !is_optional_) miss(fmt::format("nothing matches {} in {}", part, path));
  }

 private:
  /// Links that lead back up would multiply what is looked at.
  bool is_enough() {
    if (++visits_ == kMostVisits)
      out_.errors.push_back(
          {ErrorCode::limit,
           fmt::format("an Include that leads to more than {} paths", kMostVisits),
           {}});
    return visits_ >= kMostVisits;
  }
  static std::string join(const std::string& path, std::string_view name) {
    return fmt::format("{}/{}", path, name);
  }
  void miss(std::string what) {
    if (out_.problem.empty()) out_.problem = std::move(what);
  }
  void directory(const std::string& path, std::size_t depth) {
    if (depth >= kDeepestDirectory) {
      out_.errors.push_back({ErrorCode::limit,
                             fmt::format("more than {} directories deep", kDeepestDirectory),
                             {path}});
      return;
    }
    const auto entries = root_.list(path);
    if (!entries) {
      out_.errors.push_back(entries.error());
      return;
    }
    for (const DirEntry& entry : *entries) plain(join(path, entry.name), depth + 1);
  }

  const Root& root_;
  bool is_optional_;
  Included& out_;
  std::size_t visits_ = 0;
};

Included find_at(const Root& root, const std::string& path, bool is_optional) {
  Included out;
  Finder finder(root, is_optional, out);
  if (has_wildcard(path))
    finder.pattern("", std::string_view(path).substr(1));
  else
    finder.plain(path, 0);
  return out;
}

}  // namespace

std::vector<std::string> Includes::places(const std::string& name) const {
  if (!is_document) return {normal_path(join_path(server_root, name))};
  const std::string beside(parent_path(document));
  const std::string above(parent_path(beside));
  if (!name.starts_with('/'))
    return {normal_path(join_path(beside, name)), normal_path(join_path(above, name))};
  std::vector<std::string> out;
  for (const std::string_view home : kHomes) {
    if (!name.starts_with(home)) continue;
    const std::string rest = name.substr(home.size());
    out.push_back(normal_path(join_path(beside, rest)));
    out.push_back(normal_path(join_path(above, rest)));
  }
  out.push_back(normal_path(name));
  return out;
}

Included Includes::find(const Root& root, const std::string& name, bool is_optional) const {
  Included first;
  bool is_first = true;
  for (const std::string& place : places(name)) {
    Included found = find_at(root, place, is_optional);
    if (!found.files.empty()) return found;
    if (is_first) first = std::move(found);
    is_first = false;
  }
  return first;
}

bool Includes::is_there(const Root& root, const std::string& name) const {
  for (const std::string& place : places(name))
    if (root.stat(place)) return true;
  return false;
}

}  // namespace plimsoll::apache2
