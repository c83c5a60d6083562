#include "plugins/os/user-files/homes.h"

#include <map>

#include "plugins/os/account/login_shell.h"
#include "plugins/os/account/user_database.h"

namespace plimsoll::user_files {
namespace {
constexpr std::size_t kNames = 16;  // users of one home that are named
}

std::vector<Home> find_homes(const Root& root, Facts& facts) {
  const auto text = root.read("/etc/passwd");
  if (!text) {
    if (text.error().code == ErrorCode::not_found)
      facts.not_applicable = "there is no /etc/passwd";
    else
      facts.gap(text.error());
    return {};
  }
  std::map<std::string, Home> homes;
  for (const PasswdEntry& account : parse_passwd(*text)) {
    if (is_nis_line(account.name) || !account.home.starts_with('/')) continue;
    std::string path = normal_path(account.home);
    Home& home = homes[path];
    home.path = std::move(path);
    if (home.users.size() < kNames) home.users.emplace_back(account.name);
    home.uids.insert(account.uid);
    home.interactive = home.interactive || LoginShells::lets_in(account.shell);
  }
  std::vector<Home> out;
  for (auto& [path, home] : homes) out.push_back(std::move(home));
  return out;
}

}  // namespace plimsoll::user_files
