#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plugins/os/file/audit_log.h"
#include "plugins/os/file/glob_pattern.h"
#include "plugins/os/file/names.h"
#include "scanner/probe/probe.h"
#include "scanner/root/walk.h"

namespace plimsoll::files {

/// The columns, in the order of the schema.
enum class Column : std::size_t {
  path,
  directory,
  name,
  under,
  glob,
  type,
  mode,
  uid,
  gid,
  user,
  group,
  size,
  links,
  setuid,
  setgid,
  sticky,
  group_writable,
  world_readable,
  world_writable,
  unowned,
  ungrouped,
  has_acl,
  capabilities,
  target,
  home_of,
  in_home_of,
  home_owner,
  home_group,
  role,
  packaged,
  count
};

extern const std::array<Field, static_cast<std::size_t>(Column::count)> kFields;

/// What rows need to know beyond the file itself.
struct Context {
  const Root& root;
  Names names;
  AuditLog audit_log;
  /// Patterns that selections name in `glob`; a row lists those it matches.
  std::vector<GlobPattern> globs;
  /// What selections name in `under`, or begin a pattern with, other than by canonical path (a
  /// link, braces): canonical path → as named. A row below the one is below the other, too.
  std::vector<std::pair<std::string, std::string>> under_aliases;
};

/// A file about to be judged: cheap to make, its values are computed one by one when asked for.
struct Candidate {
  const Context& context;
  std::string_view directory, name;
  const Stat& stat;
  const WalkEntry* entry = nullptr;  ///< null: named, not walked into
  /// A named path that is a link stands for what it leads to; this is where.
  std::string real;

  [[nodiscard]] std::string path() const;
  [[nodiscard]] Value value(Column column) const;
  [[nodiscard]] bool is_below(std::string_view ancestor) const;
  [[nodiscard]] bool matches(const GlobPattern& pattern) const;
  /// The part of that which all files of its directory answer alike; never wrong to say yes.
  [[nodiscard]] bool may_match(const GlobPattern& pattern) const;

 private:
  /// Whether the directory holds by any name that selections have for it.
  template <class Holds>
  [[nodiscard]] bool named_so(const Holds& holds) const {
    if (holds(directory)) return true;
    for (const auto& [real_path, named] : context.under_aliases)
      if (is_below(real_path) && holds(named + std::string(directory.substr(real_path.size()))))
        return true;
    return false;
  }
};

std::string_view name_of(FileType type);
/// The file types of that name, as bits; 0 when there is none of that name.
std::uint32_t types_named(std::string_view name);

}  // namespace plimsoll::files
