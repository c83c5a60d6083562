#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/os/ufw-settings/ufw_settings.h"
#include "scanner/base/fact.h"
#include "scanner/root/root.h"

namespace plimsoll::firewall {

/// A program that loads a stored ruleset at boot.
struct Manager {
  std::string name;   ///< `nftables`, `iptables`, `firewalld`, `ufw`
  std::string unit;   ///< `nftables.service`
  std::string state;  ///< as `systemctl is-enabled` prints it; `not-found` without a unit file
  bool enabled = false;
  Origin origin;
  /// nftables: the files that its unit loads, and where else their includes are looked for.
  std::vector<std::string> files;
  std::vector<std::string> include_directories;
  /// iptables: whether the scripts that load rules.v4 and rules.v6 are there.
  bool loads_four = false;
  bool loads_six = false;
};

/// The four of them, whether there is a service manager at all, and what ufw is told.
struct Managers {
  std::vector<Manager> all;
  bool any_unit = false;
  UfwSettings ufw;
};
Managers find_managers(const Root& root, Facts& facts);

}  // namespace plimsoll::firewall
