#include "plugins/os/file/row.h"

#include <algorithm>

#include "plugins/os/file/capabilities.h"
#include "scanner/base/text.h"

namespace plimsoll::files {
namespace {

using Texts = std::vector<std::string>;

// In the order of FileType.
constexpr std::array<std::string_view, 8> kTypeNames = {
    "file", "directory", "link", "fifo", "socket", "character-device", "block-device", "unknown"};

Texts ancestors(const Candidate& file) {
  Texts out;
  if (file.name.empty()) return out;
  out.emplace_back("/");
  for (std::size_t slash = file.directory.find('/', 1); file.directory.size() > 1;
       slash = file.directory.find('/', slash + 1)) {
    out.emplace_back(file.directory.substr(0, slash));
    if (slash == std::string_view::npos) break;
  }
  for (const auto& [real, named] : file.context.under_aliases)
    if (file.is_below(real) && std::find(out.begin(), out.end(), named) == out.end())
      out.push_back(named);
  return out;
}

Texts matching_globs(const Candidate& file) {
  Texts out;
  for (const GlobPattern& pattern : file.context.globs)
    if (file.matches(pattern)) out.push_back(pattern.text());
  return out;
}

Result<std::string> attribute(const Candidate& file, const char* name) {
  if (file.entry != nullptr) return file.entry->xattr(name);
  return file.context.root.xattr(file.real, name);
}

// acl(5): the attribute is there when the list says more than the mode, or when a directory hands
// one down.
bool has_acl(const Candidate& file) {
  if (file.stat.type == FileType::symlink) return false;
  const auto access = attribute(file, "system.posix_acl_access");
  if (access && !access->empty()) return true;
  if (file.stat.type != FileType::directory) return false;
  const auto inherited = attribute(file, "system.posix_acl_default");
  return inherited && !inherited->empty();
}

Value target(const Candidate& file) {
  const bool is_link = file.stat.type == FileType::symlink;
  if (!is_link && (file.entry != nullptr || file.real == file.path())) return {};
  const auto text = file.context.root.readlink(file.path());
  if (!text) return {};
  return *text;
}

const std::vector<HomeUser>* home_users(const Candidate& file, std::string_view path) {
  const auto& homes = file.context.names.homes();
  const auto found = homes.find(path);
  return found == homes.end() ? nullptr : &found->second;
}

Value user_names(const std::vector<HomeUser>* users) {
  if (users == nullptr) return {};
  Texts out;
  for (const HomeUser& user : *users) out.push_back(user.name);
  return out;
}

/// Of a home directory and of what lies in one: whether a number of the file is one of its users'.
Value is_home_users(const Candidate& file, std::uint32_t HomeUser::*id, std::uint32_t actual) {
  const std::vector<HomeUser>* users = home_users(file, file.path());
  if (users == nullptr) users = home_users(file, file.directory);
  if (users == nullptr) return {};
  return std::any_of(users->begin(), users->end(),
                     [&](const HomeUser& user) { return user.*id == actual; });
}

/// What the file is to a program whose configuration says so.
Value roles(const Candidate& file) {
  const AuditLog& log = file.context.audit_log;
  const std::string_view by = log.is_shared ? ":group" : ":root";
  Texts out;
  if (file.stat.type == FileType::directory && file.path() == log.directory)
    out = {"audit-log-directory", std::string("audit-log-directory").append(by)};
  if (file.stat.type == FileType::regular && file.directory == log.directory) {
    out = {"audit-log", std::string("audit-log").append(by)};
    if (file.stat.gid == 0 || file.context.names.group(file.stat.gid) == log.group)
      out.emplace_back("audit-log-group");
  }
  if (out.empty()) return {};
  return out;
}

}  // namespace

std::string Candidate::path() const {
  if (name.empty()) return std::string(directory);
  return join_path(directory, name);
}

bool Candidate::is_below(std::string_view ancestor) const {
  if (name.empty()) return false;
  if (ancestor == "/") return true;
  return directory.starts_with(ancestor) &&
         (directory.size() == ancestor.size() || directory[ancestor.size()] == '/');
}

Value Candidate::value(Column column) const {
  // symlink(7): the permissions of a link are never used, so they grant and forbid nothing.
  const auto has_bits = [this](std::uint32_t bits) -> Value {
    if (stat.type == FileType::symlink) return {};
    return (stat.mode & bits) != 0;
  };
  switch (column) {
    case Column::path:
      return path();
    case Column::directory:
      return std::string(directory);
    case Column::name:
      return std::string(name);
    case Column::under:
      return ancestors(*this);
    case Column::glob:
      return matching_globs(*this);
    case Column::type:
      return std::string(name_of(stat.type));
    case Column::mode:
      return std::int64_t{stat.mode};
    case Column::uid:
      return std::int64_t{stat.uid};
    case Column::gid:
      return std::int64_t{stat.gid};
    case Column::user:
      return context.names.user(stat.uid);
    case Column::group:
      return context.names.group(stat.gid);
    case Column::size:
      if (stat.type != FileType::regular && stat.type != FileType::symlink) return {};
      return static_cast<std::int64_t>(stat.size);
    case Column::links:
      if (stat.type == FileType::directory) return {};  // what it counts differs by file system
      return std::int64_t{stat.links};
    case Column::setuid:
      return has_bits(04000);
    case Column::setgid:
      return has_bits(02000);
    case Column::sticky:
      return has_bits(01000);
    case Column::group_writable:
      return has_bits(0020);
    case Column::world_readable:
      return has_bits(0004);
    case Column::world_writable:
      return has_bits(0002);
    case Column::unowned:
      if (context.names.users_error()) return {};
      return !context.names.has_user(stat.uid);
    case Column::ungrouped:
      if (context.names.groups_error()) return {};
      return !context.names.has_group(stat.gid);
    case Column::has_acl:
      return has_acl(*this);
    case Column::capabilities:
      if (stat.type != FileType::regular) return {};
      if (const auto text = attribute(*this, "security.capability"); text && !text->empty())
        return decode_capabilities(*text);
      return {};
    case Column::target:
      return target(*this);
    case Column::home_of:
      return user_names(home_users(*this, path()));
    case Column::in_home_of:
      return user_names(home_users(*this, directory));
    case Column::home_owner:
      return is_home_users(*this, &HomeUser::uid, stat.uid);
    case Column::home_group:
      return is_home_users(*this, &HomeUser::gid, stat.gid);
    case Column::role:
      return roles(*this);
    case Column::packaged:  // after the walk: file.cpp
    case Column::count:
      break;
  }
  return {};
}

bool Candidate::matches(const GlobPattern& pattern) const {
  return may_match(pattern) &&
         named_so([&](std::string_view where) { return pattern.matches(join_path(where, name)); });
}

bool Candidate::may_match(const GlobPattern& pattern) const {
  return named_so([&](std::string_view where) { return pattern.may_match_in(where); });
}

std::string_view name_of(FileType type) { return kTypeNames.at(static_cast<std::size_t>(type)); }

std::uint32_t types_named(std::string_view name) {
  for (std::size_t i = 0; i < kTypeNames.size(); ++i)
    if (kTypeNames[i] == name) return 1U << i;
  return 0;
}

}  // namespace plimsoll::files
