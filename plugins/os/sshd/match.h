#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/result.h"
#include "scanner/formats/openssh/host_files.h"

namespace plimsoll::sshd {

/// What is known of a connection: user, host, addr, laddr, lport (as `sshd -T -C` takes them).
using Connection = std::map<std::string, std::string, std::less<>>;

/// The criteria of a Match line.
struct Criteria {
  struct Item {
    std::string name;  ///< lower case
    std::string pattern;
  };
  std::vector<Item> items;  ///< empty pattern for `all`
  /// `Match user alice address 10.0.0.0/8`
  [[nodiscard]] std::string scope() const;
};

/// Reads what follows the word Match; fails where sshd refuses it.
Result<Criteria> read_criteria(std::string_view text, openssh::HostFiles& host);

/// Whether all criteria hold. A connection that does not tell what a criterion asks does not match;
/// without its local port a LocalPort criterion cannot be decided at all.
Result<bool> holds(const Criteria& criteria, const Connection& connection,
                   openssh::HostFiles& host);

}  // namespace plimsoll::sshd
