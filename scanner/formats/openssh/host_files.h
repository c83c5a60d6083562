#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/root/root.h"

namespace plimsoll::openssh {

/// What OpenSSH asks the C library about accounts and names, answered from the files of the root.
class HostFiles {
 public:
  explicit HostFiles(const Root& root) : root_(root) {}

  /// Home directory of a user, or of root for an empty name.
  std::optional<std::string> home(const std::string& user);
  /// The groups a user is in, by name; empty optional when there is no such user.
  std::optional<std::vector<std::string>> groups_of(const std::string& user);
  /// A port by number or, from /etc/services, by name.
  std::optional<int> port(std::string_view text);
  /// Addresses that /etc/hosts gives a name.
  std::vector<std::string> addresses(std::string_view name);
  /// `~`, `~/x` and `~user/x` made absolute; anything else as it is. Empty: no such user.
  std::optional<std::string> expand_tilde(std::string_view path);

  /// Why passwd or group could not be read, when something above needed them.
  [[nodiscard]] const std::vector<Error>& errors() const { return errors_; }

 private:
  struct User {
    std::string home;
    std::string gid;
  };
  struct Group {
    std::string name;
    std::string gid;
    std::vector<std::string> members;
  };
  void load_users();
  void load_groups();
  std::optional<std::string_view> read(std::string_view path, bool needed);

  const Root& root_;
  bool users_loaded_ = false;
  bool groups_loaded_ = false;
  std::map<std::string, User, std::less<>> users_;
  std::vector<Group> groups_;
  std::vector<Error> errors_;
};

/// A whole decimal number between two bounds, blanks and a sign allowed before it (strtonum(3)).
std::optional<long long> bounded_number(std::string_view text, long long least, long long most);
/// `90`, `1h30m`, `2d`: seconds up to 2147483647.
std::optional<int> parse_duration(std::string_view text);
/// `1G`, `512K`, `1.5M`: bytes.
std::optional<long long> parse_scaled(std::string_view text);
/// A type of service by name or number, in the spelling of the dump.
std::optional<std::string> parse_ip_qos(std::string_view text);

/// `host:port`, `[host]:port`, `host`; empty for anything else.
struct HostPort {
  std::string host;
  std::optional<std::string> port;
};
std::optional<HostPort> split_host_port(std::string_view text);

}  // namespace plimsoll::openssh
