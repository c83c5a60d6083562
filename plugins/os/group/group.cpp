#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>

#include "plugins/os/account/optional_text.h"
#include "plugins/os/account/stored_password.h"
#include "plugins/os/account/user_database.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace {

constexpr std::array kFields = {
    Field{"name", Type::text, "group name; `+` and `-` lines of NIS keep their sign"},
    Field{"gid", Type::integer, "group id; null for a NIS line"},
    Field{"members", Type::set, "users that group(5) lists"},
    Field{"primary_of", Type::set, "users whose primary group it is"},
    Field{"member_count", Type::integer, "how many different users that makes"},
    Field{
        "password", Type::text,
        "`set`, `empty` (members need none), `locked` (`!`), `none` (`*` and the like), `missing` "
        "(group points to gshadow, which has no entry)"},
    Field{"hash", Type::text, "hash method of crypt(5); null when there is no hash"},
    Field{"shadowed", Type::boolean, "the password field of group says `x`: look in gshadow"},
    Field{"in_gshadow", Type::boolean, "gshadow has an entry of that name"},
    Field{"admins", Type::set, "users who may change its members and password"},
    Field{"gshadow_members", Type::set, "users that gshadow(5) lists; they should be `members`"},
    Field{"duplicate_gid", Type::boolean, "another group has this gid"},
    Field{"duplicate_name", Type::boolean, "another line has this name; the first one counts"},
    Field{"nis", Type::boolean,
          "a `+` or `-` line, which nsswitch's `compat` service expands; all else but its text is "
          "null"},
};

constexpr std::array<std::string_view, 3> kFiles = {"/etc/group", "/etc/gshadow", "/etc/passwd"};

using Names = std::vector<std::string_view>;

struct Directory {
  std::unordered_map<std::string_view, GshadowEntry> gshadow;  ///< getsgnam(3): the first counts
  std::unordered_map<std::uint32_t, Names> primary_users;
  std::unordered_map<std::uint32_t, std::size_t> gid_uses;
  std::unordered_map<std::string_view, std::size_t> name_uses;
};

Directory gather(const Root& root, const std::vector<GroupEntry>& groups, Facts& facts) {
  Directory out;
  for (GshadowEntry& entry : parse_gshadow(
           optional_text(root, "/etc/gshadow", facts,
                         {"password", "hash", "in_gshadow", "admins", "gshadow_members"})))
    out.gshadow.emplace(entry.name, std::move(entry));
  for (const PasswdEntry& account :
       parse_passwd(optional_text(root, "/etc/passwd", facts, {"primary_of", "member_count"})))
    if (!is_nis_line(account.name)) out.primary_users[account.gid].push_back(account.name);
  for (const GroupEntry& group : groups) {
    if (is_nis_line(group.name)) continue;
    ++out.gid_uses[group.gid];
    ++out.name_uses[group.name];
  }
  return out;
}

Value strings(const Names& names) { return std::vector<std::string>(names.begin(), names.end()); }

std::int64_t count_different(Names names, const Names& more) {
  names.insert(names.end(), more.begin(), more.end());
  std::sort(names.begin(), names.end());
  return std::unique(names.begin(), names.end()) - names.begin();
}

/// A NIS line stands for groups that are described elsewhere: only its text is known.
std::vector<Value> describe_nis(const GroupEntry& line) {
  std::vector<Value> row{std::string(line.name), Value{}, strings(line.members)};
  row.resize(kFields.size() - 1);
  row.emplace_back(true);
  return row;
}

std::vector<Value> describe(const GroupEntry& group, const Directory& directory) {
  const auto found = directory.gshadow.find(group.name);
  const GshadowEntry none;
  const bool in_gshadow = found != directory.gshadow.end();
  const GshadowEntry& gshadow = in_gshadow ? found->second : none;
  const bool shadowed = group.password == "x";
  const std::string_view field = shadowed && in_gshadow ? gshadow.password : group.password;
  const PasswordState state = shadowed && !in_gshadow ? PasswordState::missing : state_of(field);
  const std::string_view scheme = hash_scheme(field);
  const auto primary = directory.primary_users.find(group.gid);
  const Names users = primary == directory.primary_users.end() ? Names{} : primary->second;
  return {std::string(group.name),
          std::int64_t{group.gid},
          strings(group.members),
          strings(users),
          count_different(group.members, users),
          std::string(name_of(state)),
          scheme.empty() ? Value{} : Value{std::string(scheme)},
          shadowed,
          in_gshadow,
          strings(gshadow.admins),
          strings(gshadow.members),
          directory.gid_uses.at(group.gid) > 1,
          directory.name_uses.at(group.name) > 1,
          false};
}

Facts read_group(const Request& request) {
  Facts facts;
  const auto text = request.root.read("/etc/group");
  if (!text) {
    if (text.error().code == ErrorCode::not_found)
      facts.not_applicable = "there is no /etc/group";
    else
      facts.gap(text.error());
    return facts;
  }
  const std::vector<GroupEntry> groups = parse_group(*text);
  const Directory directory = gather(request.root, groups, facts);
  for (const GroupEntry& group : groups)
    facts.row(is_nis_line(group.name) ? describe_nis(group) : describe(group, directory),
              {"/etc/group", group.line, 1});
  return facts;
}

}  // namespace

extern const Probe group_probe;
const Probe group_probe{
    .name = "group",
    .group = "os",
    .summary = "user groups: group and gshadow joined, with the users whose primary group each is",
    .semantics = "group(5), gshadow(5), passwd(5)",
    .shape = Shape::rows,
    .fields = kFields,
    .open_keys = false,
    .read = read_group,
    .files = kFiles,
};

}  // namespace plimsoll
