#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "scanner/formats/nsswitch.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace {

constexpr std::string_view kPath = "/etc/nsswitch.conf";
constexpr std::array kFiles = {kPath};
constexpr std::size_t kMostRows = 1U << 16U;  ///< of databases that glibc does not know

constexpr std::array kFields = {
    Field{"aliases", Type::text, "mail aliases"},
    Field{"ethers", Type::text, "Ethernet addresses"},
    Field{"group", Type::text, "groups"},
    Field{"group_compat", Type::text, "what `+` lines of /etc/group stand for"},
    Field{"gshadow", Type::text, "passwords of groups; those of `group` when the file is silent"},
    Field{"hosts", Type::text, "names and addresses of hosts"},
    Field{"initgroups", Type::text, "which groups a user is in; those of `group` when not set"},
    Field{"netgroup", Type::text, "lists of hosts and users"},
    Field{"networks", Type::text, "names of networks"},
    Field{"passwd", Type::text, "accounts: `files [NOTFOUND=return] sss`"},
    Field{"passwd_compat", Type::text, "what `+` lines of /etc/passwd stand for"},
    Field{"protocols", Type::text, "protocols"},
    Field{"publickey", Type::text, "keys of secure RPC"},
    Field{"rpc", Type::text, "RPC programs"},
    Field{"services", Type::text, "network services"},
    Field{"shadow", Type::text, "passwords; the services of `passwd` when the file is silent"},
    Field{"shadow_compat", Type::text, "what `+` lines of /etc/shadow stand for"},
};

/// What glibc 2.36 takes when the file says nothing; empty: nothing at all.
std::string_view default_of(std::string_view database) {
  if (database == "hosts" || database == "networks") return "files dns";
  if (database == "initgroups") return "";
  if (database.ends_with("_compat")) return "nis";
  return database == "publickey" ? "nis nisplus" : "files";
}

/// Databases that take another's services when the file names that one alone.
constexpr std::array<std::array<std::string_view, 2>, 3> kHeirs = {{
    {"shadow_compat", "passwd_compat"},
    {"shadow", "passwd"},
    {"gshadow", "group"},
}};

struct Entry {
  std::string value;
  std::uint32_t line = 0;
  std::vector<Shadowed> shadowed;
};
using Entries = std::map<std::string_view, Entry, std::less<>>;

Origin at(std::uint32_t line) { return {std::string(kPath), line, 1}; }

bool is_known(std::string_view database) {
  return std::any_of(kFields.begin(), kFields.end(),
                     [&](const Field& field) { return field.name == database; });
}

/// The last line of a database counts.
void enter(Entries& entries, const NssLine& line, std::string value) {
  const auto [entry, is_new] = entries.try_emplace(line.database, Entry{value, line.number, {}});
  if (is_new) return;
  Entry& held = entry->second;
  held.shadowed.push_back({std::move(held.value), at(held.line), "a later line sets it again"});
  held.value = std::move(value);
  held.line = line.number;
}

/// False where glibc gives up: one misspelt action, and it answers no look-up at all.
bool read_line(const NssLine& line, Entries& entries, Facts& facts) {
  const auto services = parse_nss_services(line.services);
  if (!is_known(line.database)) {
    // Databases of other programs (sudoers, automount) are theirs to read: as many rows as lines.
    if (services && !line.database.starts_with('#'))
      facts.setting(std::string(line.database), nss_text(*services), at(line.number));
    return true;
  }
  if (services) enter(entries, line, nss_text(*services));
  return services.has_value();
}

/// The lines of the file, and what they hand on to databases that it does not name.
Entries read_file(std::string_view text, Facts& facts) {
  Entries entries;
  for (const NssLine& line : nss_lines(text)) {
    if (facts.rows.size() > kMostRows) {
      facts.rows.clear();
      facts.gap(
          {ErrorCode::limit, fmt::format("more than {} databases", kMostRows), at(line.number)});
      break;
    }
    if (read_line(line, entries, facts)) continue;
    facts.rows.clear();
    facts.gap({ErrorCode::invalid, "an action is misspelt: glibc then answers no look-up at all",
               at(line.number)});
    break;
  }
  for (const auto& [heir, source] : kHeirs)
    if (const auto found = entries.find(source); found != entries.end())
      entries.try_emplace(heir, Entry{found->second.value, found->second.line, {}});
  return entries;
}

Facts read_nss(const Request& request) {
  Facts facts;
  const auto text = request.root.read(kPath);
  if (!text && text.error().code != ErrorCode::not_found) {
    facts.gap(text.error());
    return facts;
  }
  const Entries entries = text ? read_file(*text, facts) : Entries{};
  if (!facts.gaps.empty()) return facts;
  for (const Field& field : kFields) {
    const auto found = entries.find(field.name);
    if (found != entries.end())
      facts.setting(std::string(field.name), found->second.value, at(found->second.line)).shadowed =
          found->second.shadowed;
    else if (!default_of(field.name).empty())
      facts.setting(std::string(field.name), std::string(default_of(field.name)), {});
  }
  return facts;
}

}  // namespace

extern const Probe nss_probe;
const Probe nss_probe{
    .name = "nss",
    .group = "os",
    .summary = "where names of accounts, groups and hosts are looked up",
    .semantics = "nsswitch.conf(5)",
    .fields = kFields,
    .read = read_nss,
    .files = kFiles,
};

}  // namespace plimsoll
