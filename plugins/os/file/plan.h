#pragma once

#include <string>
#include <vector>

#include "plugins/os/file/conditions.h"

namespace plimsoll::files {

/// What one selection wants, and where it is to be looked for.
struct Ask {
  Conditions where;
  Conditions conforming;

  /// Whether the file's row is to be yielded.
  [[nodiscard]] bool wants(const Candidate& file) const {
    return where.hold_in_place(file) && wants_in_place(file);
  }
  /// The same where the place is known to be right.
  [[nodiscard]] bool wants_in_place(const Candidate& file) const {
    // What numbers alone decide goes first.
    if (conforming.is_quick() && conforming.hold(file)) return false;
    return where.hold_beside_place(file) && (conforming.empty() || !conforming.hold(file));
  }
};

/// Where the files of all selections are found, with as little walking as they allow.
struct Plan {
  std::vector<std::string> paths;        ///< named: looked at one by one
  std::vector<std::string> globs;        ///< patterns, expanded without a walk
  std::vector<std::string> all_globs;    ///< every pattern that a condition names
  std::vector<std::string> directories;  ///< listed, not walked
  std::vector<std::string> under;        ///< walked; `/` is the whole root
  std::vector<Ask> named;                ///< what is wanted of named paths, globs and lists
  std::vector<Ask> walked;               ///< what is wanted of the walk
  bool asks_audit_log = false;
  bool asks_packaged = false;
  bool asks_owner = false, asks_group = false;  ///< `unowned`, `ungrouped` decide something
  bool wants_all = false;                       ///< no selections: every file
};

Plan make_plan(std::span<const Selection> selections, const Names& names,
               const AuditLog& audit_log);

}  // namespace plimsoll::files
