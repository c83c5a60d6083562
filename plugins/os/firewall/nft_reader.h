#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plugins/os/firewall/ruleset.h"
#include "scanner/base/result.h"
#include "scanner/root/root.h"

namespace plimsoll::firewall {

/// What `nft -f FILE` loads into a kernel that has no rules yet. Fails as a whole: nft loads all of
/// it or nothing.
Result<Ruleset> read_nft(const Root& root, const std::string& path,
                         const std::vector<std::string>& include_directories);

}  // namespace plimsoll::firewall
