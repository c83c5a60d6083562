#include "plugins/os/file/names.h"

#include <algorithm>

#include "scanner/base/text.h"
#include "scanner/formats/nsswitch.h"

namespace plimsoll::files {
namespace {

// login.defs(5): UID_MIN as Debian ships it, and the overflow user, who is nobody.
constexpr std::uint32_t kFirstUser = 1000;
constexpr std::uint32_t kNobody = 65534;

std::optional<std::uint32_t> to_id(std::string_view text) {
  const auto number = to_integer(text);
  if (!number || *number < 0 || *number > UINT32_MAX) return std::nullopt;
  return static_cast<std::uint32_t>(*number);
}

/// nologin(8): accounts with these shells cannot log in.
bool can_log_in(std::string_view shell) {
  const std::string_view program = base_name(shell);
  return program != "nologin" && program != "false";
}

/// nsswitch.conf(5): whether a database names the service `altfiles`, which keeps the
/// distribution's own accounts in /usr/lib.
bool uses_altfiles(const Root& root, std::string_view database) {
  const auto text = root.read("/etc/nsswitch.conf");
  if (!text) return false;
  bool uses = false;
  for (const NssLine& line : nss_lines(*text)) {
    if (line.database != database) continue;
    const auto services = parse_nss_services(line.services).value_or(std::vector<NssService>{});
    uses = std::any_of(services.begin(), services.end(),
                       [](const NssService& service) { return service.name == "altfiles"; });
  }
  return uses;
}

bool may_be_missing(const Root& root, const Error& error) {
  return root.image() != nullptr && error.code == ErrorCode::not_found;
}

}  // namespace

Names::Names(const Root& root) {
  read_users(root, "/etc/passwd");
  read_groups(root, "/etc/group");
  if (uses_altfiles(root, "passwd")) read_users(root, "/usr/lib/passwd");
  if (uses_altfiles(root, "group")) read_groups(root, "/usr/lib/group");
}

std::string Names::user(std::uint32_t uid) const {
  const auto found = users_.find(uid);
  return found == users_.end() ? std::to_string(uid) : found->second;
}

std::string Names::group(std::uint32_t gid) const {
  const auto found = groups_.find(gid);
  return found == groups_.end() ? std::to_string(gid) : found->second;
}

void Names::read_users(const Root& root, std::string_view path) {
  const auto text = root.read(path);
  if (!text) {
    no_users_ = users_.empty() && may_be_missing(root, text.error());
    if (users_.empty() && !no_users_) users_error_ = text.error();
    return;
  }
  for (const Line& line : lines(*text)) {
    const auto parts = split(line.text, ':');
    const auto uid = parts.size() < 7 ? std::nullopt : to_id(parts[2]);
    if (!uid || parts[0].empty() || parts[0].starts_with('#')) continue;
    users_.try_emplace(*uid, parts[0]);  // getpwuid(3) takes the first
    if (*uid < kFirstUser || *uid == kNobody || !can_log_in(parts[6]) || !parts[5].starts_with('/'))
      continue;
    homes_[normal_path(parts[5])].push_back(
        {std::string(parts[0]), *uid, to_id(parts[3]).value_or(UINT32_MAX)});
  }
}

void Names::read_groups(const Root& root, std::string_view path) {
  const auto text = root.read(path);
  if (!text) {
    no_groups_ = groups_.empty() && may_be_missing(root, text.error());
    if (groups_.empty() && !no_groups_) groups_error_ = text.error();
    return;
  }
  for (const Line& line : lines(*text)) {
    const auto parts = split(line.text, ':');
    const auto gid = parts.size() < 3 ? std::nullopt : to_id(parts[2]);
    if (gid && !parts[0].empty() && !parts[0].starts_with('#')) groups_.try_emplace(*gid, parts[0]);
  }
}

}  // namespace plimsoll::files
