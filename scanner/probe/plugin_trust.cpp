#include "scanner/probe/plugin_trust.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "scanner/root/root.h"

namespace plimsoll {
namespace {

/// Why somebody else could change what is there; empty when nobody can.
std::string why_untrusted(const std::string& path, bool sticky_is_enough) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0)
    return fmt::format("`{}` cannot be looked at: {}", path, std::strerror(errno));
  if (found.st_uid != 0 && found.st_uid != ::geteuid())
    return fmt::format("`{}` belongs to user {}, neither to root nor to the one who runs this",
                       path, found.st_uid);
  const bool shared = (found.st_mode & (S_IWGRP | S_IWOTH)) != 0;
  if (!shared || (sticky_is_enough && (found.st_mode & S_ISVTX) != 0)) return {};
  return fmt::format("`{}` is writable by {} (mode {:04o})", path,
                     (found.st_mode & S_IWOTH) != 0 ? "everybody" : "its group",
                     found.st_mode & 07777U);
}

}  // namespace

Result<std::string> trusted_path(const std::string& path) {
  char real[PATH_MAX];
  if (::realpath(path.c_str(), real) == nullptr)
    return fail(ErrorCode::not_found, std::strerror(errno), {path});
  std::string at = real;
  for (int depth = 0;; ++depth) {
    const std::string why = why_untrusted(at, depth >= 2);
    if (!why.empty()) return fail(ErrorCode::denied, "refused: " + why, {path});
    if (at == "/") return std::string(real);
    at = parent_path(at);
  }
}

}  // namespace plimsoll
