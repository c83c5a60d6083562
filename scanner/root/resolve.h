#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/text.h"
#include "scanner/root/root.h"

namespace plimsoll {

struct ResolveOptions {
  bool follow_last = true;
  bool may_be_missing = false;  ///< the last part need not exist
};

/// Resolution in user space: part by part, each link spliced in where it stands
/// (path_resolution(7)), except that the top of the root is where absolute targets begin and where
/// `..` ends: what openat2(2) calls RESOLVE_IN_ROOT. Returns the canonical path.
///
/// `Cursor` stands on a directory, at first the top, and has
///   Result<FileType> look(name, path)  looks at a child, never through a link
///   Result<std::string> target()       of the link last looked at
///   Result<void> enter()               moves to the child last looked at
///   Result<void> up(), top()           moves to the parent; to the top
template <class Cursor>
Result<std::string> resolve_path(Cursor& cursor, std::string_view path, const Limits& limits,
                                 ResolveOptions options) {
  const Origin where{std::string(path)};
  std::vector<std::string> pending;  // parts still to walk, the next one last
  const auto push_parts = [&](std::string_view text) {
    const auto parts = words(text, "/");
    for (auto it = parts.rbegin(); it != parts.rend(); ++it) pending.emplace_back(*it);
  };
  push_parts(path);
  std::string at;  // canonical so far; empty is the top
  std::size_t links = 0;
  while (!pending.empty()) {
    const std::string part = std::move(pending.back());
    pending.pop_back();
    if (part == ".") continue;
    if (part == "..") {
      if (at.empty()) continue;
      at.resize(at.find_last_of('/'));
      if (auto moved = cursor.up(); !moved) return fail(moved.error());
      continue;
    }
    std::string next = at + "/" + part;
    if (next.size() >= limits.path_bytes)
      return fail(ErrorCode::limit, fmt::format("path longer than {} bytes", limits.path_bytes),
                  where);
    const Result<FileType> type = cursor.look(part, next);
    if (!type) {
      if (type.error().code == ErrorCode::not_found && options.may_be_missing && pending.empty())
        return next;
      return fail(type.error().code, type.error().what, where);
    }
    if (*type == FileType::symlink && (options.follow_last || !pending.empty())) {
      if (++links > limits.link_depth)
        return fail(ErrorCode::link_loop,
                    fmt::format("more than {} symbolic links on the way", limits.link_depth),
                    where);
      const auto target = cursor.target();
      if (!target) return fail(target.error().code, target.error().what, where);
      if (target->starts_with('/')) {
        at.clear();
        cursor.top();
      }
      push_parts(*target);
      continue;
    }
    if (*type != FileType::directory && !pending.empty())
      return fail(ErrorCode::not_found, "a parent is not a directory", where);
    at = std::move(next);
    if (auto moved = cursor.enter(); !moved) return fail(moved.error());
  }
  return at.empty() ? std::string("/") : at;
}

}  // namespace plimsoll
