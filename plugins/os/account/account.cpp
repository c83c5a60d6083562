#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "plugins/os/account/login_shell.h"
#include "plugins/os/account/optional_text.h"
#include "plugins/os/account/stored_password.h"
#include "plugins/os/account/user_database.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace {

constexpr std::array kFields = {
    Field{"name", Type::text, "login name; `+` and `-` lines of NIS keep their sign"},
    Field{"uid", Type::integer, "user id; null for a NIS line"},
    Field{"gid", Type::integer, "id of the primary group; null for a NIS line"},
    Field{"gecos", Type::text, "comment, usually the full name"},
    Field{"home", Type::text, "home directory"},
    Field{"shell", Type::text, "login shell as written; empty means /bin/sh"},
    Field{"password", Type::text,
          "`set`, `empty` (none is asked for), `locked` (`!`), `none` (`*` and other text that no "
          "password hashes to), `missing` (passwd points to shadow, which has no entry)"},
    Field{"hash", Type::text,
          "hash method of crypt(5), also of a locked password: yescrypt, sha512, ...; null when "
          "there is no hash"},
    Field{"shadowed", Type::boolean, "the password field of passwd says `x`: look in shadow"},
    Field{"in_shadow", Type::boolean, "shadow has an entry of that name"},
    Field{"in_passwd", Type::boolean,
          "false: an entry of shadow alone, which is no account; all but its password is null"},
    Field{"last_change", Type::integer, "day of the last password change, since 1970-01-01"},
    Field{"last_change_ahead", Type::integer,
          "days by which that lies after the day on which /etc/shadow itself was last written"},
    Field{"min_days", Type::integer, "days before a password may be changed again"},
    Field{"max_days", Type::integer, "days after which a password must be changed"},
    Field{"warn_days", Type::integer, "days of warning before it expires"},
    Field{"inactive_days", Type::integer, "days after expiry until the account is disabled"},
    Field{"expire", Type::integer, "day on which the account expires, since 1970-01-01"},
    Field{"is_system", Type::boolean, "the uid is below UID_MIN of login.defs, or nobody's"},
    Field{"login_shell", Type::boolean, "the shell lets somebody in: it is not nologin or false"},
    Field{"shell_listed", Type::boolean, "the shell is one of /etc/shells"},
    Field{"can_login", Type::boolean, "login_shell, and the password is `set` or `empty`"},
    Field{"duplicate_uid", Type::boolean, "another account has this uid"},
    Field{"duplicate_name", Type::boolean, "another line has this name; the first one counts"},
    Field{"primary_group", Type::text, "name of the primary group; null when no group has the gid"},
    Field{"groups", Type::set, "names of all its groups, the primary one first"},
    Field{"home_exists", Type::boolean, "the home is a directory"},
    Field{"home_owner", Type::integer, "uid of the home's owner; null when there is no home"},
    Field{"home_group", Type::integer, "gid of the home's group"},
    Field{"home_mode", Type::mode, "permissions of the home"},
    Field{"home_owned", Type::boolean, "the home belongs to the account itself"},
    Field{"nis", Type::boolean,
          "a `+` or `-` line, which nsswitch's `compat` service expands; all else but its text is "
          "null"},
};
constexpr std::size_t kFirstShadowField = 6, kLastShadowField = 17;
static_assert(kFields[kFirstShadowField].name == "password");
static_assert(kFields[kLastShadowField].name == "expire");
constexpr std::size_t kFirstHomeField = 26, kLastHomeField = 30;
static_assert(kFields[kFirstHomeField].name == "home_exists");
static_assert(kFields[kLastHomeField].name == "home_owned");

constexpr std::array<std::string_view, 6> kFiles = {
    "/etc/passwd", "/etc/shadow", "/etc/group", "/etc/shells", "/etc/login.defs", "/etc/gshadow"};

constexpr std::size_t kMemberships = 1U << 22U;  // of all accounts; a large site has a tenth of it

/// Everything but passwd itself, indexed for one look-up an account.
struct Directory {
  std::unordered_map<std::string_view, ShadowEntry> shadow;  ///< getspnam(3): the first one counts
  std::unordered_map<std::uint32_t, std::string_view> group_names;  ///< getgrgid(3): likewise
  std::unordered_map<std::string_view, std::vector<std::string_view>> memberships;
  std::unordered_map<std::uint32_t, std::size_t> uid_uses;
  std::unordered_map<std::string_view, std::size_t> name_uses;
  LoginShells shells;
  UidRange people;
  std::int64_t shadow_written = 0;  ///< seconds since the epoch; 0 when not known
  bool shadow_known = true;         ///< it could be read, or is not there
};

/// What an entry of shadow decides; an account that only shadow knows has nothing else.
std::vector<std::string_view> shadow_fields() {
  std::vector<std::string_view> out = {"can_login"};
  for (std::size_t i = kFirstShadowField; i <= kLastShadowField; ++i)
    if (kFields[i].name != "shadowed") out.push_back(kFields[i].name);
  return out;
}

Directory gather(const Root& root, const std::vector<PasswdEntry>& accounts, Facts& facts) {
  Directory out;
  const std::size_t gaps = facts.gaps.size();
  for (const ShadowEntry& entry : parse_shadow(
           optional_text(root, "/etc/shadow", facts, shadow_fields(), Gap::Effect::may_add)))
    out.shadow.emplace(entry.name, entry);
  out.shadow_known = facts.gaps.size() == gaps;
  for (const GroupEntry& group :
       parse_group(optional_text(root, "/etc/group", facts, {"primary_group", "groups"}))) {
    if (is_nis_line(group.name)) continue;
    out.group_names.emplace(group.gid, group.name);
    for (const std::string_view member : group.members)
      out.memberships[member].push_back(group.name);
  }
  for (const PasswdEntry& account : accounts) {
    if (is_nis_line(account.name)) continue;
    ++out.uid_uses[account.uid];
    ++out.name_uses[account.name];
  }
  out.shells = LoginShells::read(root, facts);
  out.people = UidRange::read(root, facts);
  if (const auto stat = root.stat("/etc/shadow")) out.shadow_written = stat->mtime;
  return out;
}

using Row = std::vector<Value>;

template <class Number>
Value number(const std::optional<Number>& value) {
  if (!value) return std::monostate{};
  return std::int64_t{*value};
}

/// A password was changed in the future of the file that says so: a clock was wrong, or somebody
/// wrote the date by hand to keep the password from ageing. shadow(5) counts whole UTC days.
Value days_ahead(const ShadowEntry* shadow, std::int64_t shadow_written) {
  if (shadow == nullptr || !shadow->last_change || shadow_written <= 0) return std::monostate{};
  constexpr std::int64_t kDay = 86400;
  return std::max<std::int64_t>(0, *shadow->last_change - shadow_written / kDay);
}

/// pam_unix(8): these spellings of the passwd field send it to shadow.
bool is_shadowed(const PasswdEntry& account) {
  return account.password == "x" ||
         (account.password.starts_with("##") && account.password.substr(2) == account.name);
}

/// The fields from `password` to `expire`.
PasswordState add_password(Row& row, std::string_view field, bool shadowed,
                           const ShadowEntry* shadow, bool in_passwd, const Directory& directory) {
  const PasswordState state =
      shadowed && shadow == nullptr ? PasswordState::missing : state_of(field);
  const std::string_view scheme = hash_scheme(field);
  const ShadowEntry none;
  const ShadowEntry& ages = shadow == nullptr ? none : *shadow;
  row.emplace_back(std::string(name_of(state)));
  row.push_back(scheme.empty() ? Value{} : Value{std::string(scheme)});
  row.push_back(in_passwd ? Value{shadowed} : Value{});
  row.emplace_back(shadow != nullptr);
  row.emplace_back(in_passwd);
  row.push_back(number(ages.last_change));
  row.push_back(days_ahead(shadow, directory.shadow_written));
  for (const auto& days : {ages.min, ages.max, ages.warn, ages.inactive, ages.expire})
    row.push_back(number(days));
  return state;
}

/// Nothing is known of the password where it is in a shadow that could not be read.
std::optional<PasswordState> add_password(Row& row, const PasswdEntry& account,
                                          const Directory& directory) {
  if (is_shadowed(account) && !directory.shadow_known) {
    row.resize(row.size() + 2);
    row.emplace_back(true);  // shadowed
    row.emplace_back();
    row.emplace_back(true);  // in_passwd
    row.resize(kLastShadowField + 1);
    return std::nullopt;
  }
  const auto found = directory.shadow.find(account.name);
  const ShadowEntry* shadow = found == directory.shadow.end() ? nullptr : &found->second;
  const bool shadowed = is_shadowed(account);
  return add_password(row, shadowed && shadow != nullptr ? shadow->password : account.password,
                      shadowed, shadow, true, directory);
}

/// `left`: how many memberships may still be looked at for all accounts, nothing once that was too
/// few. Accounts may share a name, and each then has all groups of it.
void add_groups(Row& row, const PasswdEntry& account, const Directory& directory,
                std::optional<std::size_t>& left, Facts& facts) {
  std::vector<std::string> groups;
  std::unordered_set<std::string_view> seen;
  const auto add = [&](std::string_view group) {
    if (seen.insert(group).second) groups.emplace_back(group);
  };
  const auto primary = directory.group_names.find(account.gid);
  if (primary == directory.group_names.end()) {
    row.emplace_back();
  } else {
    row.emplace_back(std::string(primary->second));
    add(primary->second);
  }
  if (const auto found = directory.memberships.find(account.name);
      found != directory.memberships.end()) {
    if (left && found->second.size() > *left) {
      facts.gap({ErrorCode::limit,
                 fmt::format("more than {} memberships of accounts in groups", kMemberships),
                 {"/etc/group"}},
                {}, Gap::Effect::may_override, {"groups"});
      left.reset();
    }
    if (!left) {
      row.emplace_back();
      return;
    }
    *left -= found->second.size();
    for (const std::string_view group : found->second) add(group);
  }
  row.emplace_back(std::move(groups));
}

void add_home(Row& row, const PasswdEntry& account, const Root& root, Facts& facts) {
  const auto stat = account.home.starts_with('/') ? root.stat(account.home)
                                                  : Result<Stat>(fail(ErrorCode::not_found, ""));
  if (!stat && stat.error().code == ErrorCode::denied)
    facts.gap(stat.error(), std::string(account.name), Gap::Effect::may_override,
              {"home_exists", "home_owner", "home_group", "home_mode", "home_owned"});
  if (!stat || stat->type != FileType::directory) {
    row.emplace_back(false);
    row.resize(row.size() + 4);
    return;
  }
  row.emplace_back(true);
  for (const std::uint32_t field : {stat->uid, stat->gid, stat->mode})
    row.emplace_back(std::int64_t{field});
  row.emplace_back(stat->uid == account.uid);
}

/// A NIS line stands for accounts that are described elsewhere: only its text is known.
Row describe_nis(const PasswdEntry& line) {
  Row row{std::string(line.name), Value{}, Value{}, std::string(line.gecos), std::string(line.home),
          std::string(line.shell)};
  row.resize(kFields.size() - 1);
  row.emplace_back(true);
  return row;
}

/// An entry of shadow that no line of passwd asks for.
Row describe_orphan(const ShadowEntry& shadow, const Directory& directory) {
  Row row{std::string(shadow.name)};
  row.resize(6);
  static_cast<void>(add_password(row, shadow.password, false, &shadow, false, directory));
  row.resize(kFields.size());
  return row;
}

void add_orphans(const Directory& directory, Facts& facts) {
  std::vector<const ShadowEntry*> orphans;
  for (const auto& [name, entry] : directory.shadow)
    if (!directory.name_uses.contains(name) && !is_nis_line(name)) orphans.push_back(&entry);
  std::sort(orphans.begin(), orphans.end(),
            [](const ShadowEntry* a, const ShadowEntry* b) { return a->line < b->line; });
  for (const ShadowEntry* entry : orphans)
    facts.row(describe_orphan(*entry, directory), {"/etc/shadow", entry->line, 1});
}

Row describe(const PasswdEntry& account, const Directory& directory,
             std::optional<std::size_t>& memberships, Facts& facts) {
  Row row;
  row.reserve(kFields.size());
  row.emplace_back(std::string(account.name));
  for (const std::uint32_t id : {account.uid, account.gid}) row.emplace_back(std::int64_t{id});
  for (const std::string_view text : {account.gecos, account.home, account.shell})
    row.emplace_back(std::string(text));
  const auto state = add_password(row, account, directory);
  const bool opens = state == PasswordState::set || state == PasswordState::empty;
  const bool login_shell = LoginShells::lets_in(account.shell);
  row.emplace_back(!directory.people.contains(account.uid));
  row.emplace_back(login_shell);
  row.emplace_back(directory.shells.lists(account.shell));
  row.push_back(state ? Value{login_shell && opens} : Value{});
  row.emplace_back(directory.uid_uses.at(account.uid) > 1);
  row.emplace_back(directory.name_uses.at(account.name) > 1);
  add_groups(row, account, directory, memberships, facts);
  return row;
}

/// Looking at every home costs a system call or three an account; nobody pays who does not ask.
bool asks_for_homes(std::span<const Selection> selections) {
  const auto concerns_home = [](const Predicate& predicate) {
    return predicate.on == Predicate::On::field && predicate.index >= kFirstHomeField &&
           predicate.index <= kLastHomeField;
  };
  return selections.empty() ||
         std::any_of(selections.begin(), selections.end(), [&](const Selection& selection) {
           return std::any_of(selection.where.begin(), selection.where.end(), concerns_home) ||
                  std::any_of(selection.conforming.begin(), selection.conforming.end(),
                              concerns_home);
         });
}

Facts read_account(const Request& request) {
  Facts facts;
  const auto text = request.root.read("/etc/passwd");
  if (!text) {
    if (text.error().code == ErrorCode::not_found)
      facts.not_applicable = "there is no /etc/passwd";
    else
      facts.gap(text.error());
    return facts;
  }
  const std::vector<PasswdEntry> accounts = parse_passwd(*text);
  const Directory directory = gather(request.root, accounts, facts);
  const bool homes = asks_for_homes(request.selections);
  std::optional<std::size_t> memberships = kMemberships;
  for (const PasswdEntry& account : accounts) {
    Origin origin{"/etc/passwd", account.line, 1};
    if (is_nis_line(account.name)) {
      facts.row(describe_nis(account), std::move(origin));
      continue;
    }
    Row row = describe(account, directory, memberships, facts);
    if (homes) add_home(row, account, request.root, facts);
    row.resize(kFields.size() - 1);
    row.emplace_back(false);
    facts.row(std::move(row), std::move(origin));
  }
  add_orphans(directory, facts);
  return facts;
}

}  // namespace

extern const Probe account_probe;
const Probe account_probe{
    .name = "account",
    .group = "os",
    .summary = "user accounts: passwd, shadow, group and home directory of each, joined",
    .semantics = "passwd(5), shadow(5), group(5), crypt(5), shells(5), login.defs(5)",
    .shape = Shape::rows,
    .fields = kFields,
    .open_keys = false,
    .read = read_account,
    .files = kFiles,
};

}  // namespace plimsoll
