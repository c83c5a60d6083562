#include "plugins/os/process/files_in_use.h"

#include <algorithm>
#include <array>

#include "scanner/base/text.h"

namespace plimsoll {
namespace {

constexpr std::string_view kDeleted = " (deleted)";

// Shared memory, devices and what just-in-time compilers write code to: never a file that lasts.
constexpr std::array<std::string_view, 8> kPassing = {
    "/dev/", "/memfd:", "/SYSV", "/tmp/", "/run/", "/drm", "/var/tmp/", "/anon_hugepage"};

/// The file of a line `address perms offset device inode   path (deleted)`, when it is code.
std::string_view code_of(std::string_view line) {
  const auto perms = line.find(' ');
  if (perms == std::string_view::npos || line.size() < perms + 4 || line[perms + 3] != 'x')
    return {};
  const auto slash = line.find('/');
  if (slash == std::string_view::npos) return {};
  const std::string_view path = line.substr(slash, line.size() - slash - kDeleted.size());
  const bool passing = std::any_of(kPassing.begin(), kPassing.end(), [&](std::string_view prefix) {
    return path.starts_with(prefix);
  });
  return passing ? std::string_view{} : path;
}

}  // namespace

std::vector<std::string> removed_code(std::string_view maps) {
  std::vector<std::string> found;
  // Almost no line is of interest, so that the text is searched rather than cut.
  for (std::size_t at = maps.find(kDeleted); at != std::string_view::npos;) {
    const std::size_t end = at + kDeleted.size();
    if (end == maps.size() || maps[end] == '\n') {
      const auto before = maps.rfind('\n', at);
      const std::size_t start = before == std::string_view::npos ? 0 : before + 1;
      if (const auto path = code_of(maps.substr(start, end - start)); !path.empty())
        found.emplace_back(path);
    }
    at = maps.find(kDeleted, end);
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

}  // namespace plimsoll
