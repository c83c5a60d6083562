#pragma once

#include <string>
#include <string_view>

#include "plugins/os/firewall/ruleset.h"
#include "scanner/base/result.h"
#include "scanner/root/root.h"

namespace plimsoll::firewall {

/// What `iptables-restore` (`ip6tables-restore`) makes of a file, in a kernel that has no rules
/// yet: iptables-restore(8), iptables(8). Hooks, types and priorities are those of the built-in
/// chains.
Result<Ruleset> read_iptables(const Root& root, const std::string& path, bool is_six);

}  // namespace plimsoll::firewall
