#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/os/file/audit_log.h"
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
  std::vector<std::string> globs;
  /// What selections name in `under` other than by canonical path (a link, braces): canonical path
  /// → as named. A row below the one is below the other, too.
  std::multimap<std::string, std::string, std::less<>> under_aliases;
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
};

std::string_view name_of(FileType type);
/// The file types of that name, as bits; 0 when there is none of that name.
std::uint32_t types_named(std::string_view name);

/// A pattern with `{a,b}` resolved into several (as shells do); empty when they would be
/// more than 256.
std::vector<std::string> expand_braces(std::string_view pattern);
/// Whether a path matches a glob(3) pattern part by part; braces, and `**` for any number of parts,
/// are allowed.
bool path_matches(std::string_view pattern, std::string_view path);

}  // namespace plimsoll::files
