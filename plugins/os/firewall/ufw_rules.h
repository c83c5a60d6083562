#pragma once

#include <string>

#include "plugins/os/firewall/ruleset.h"
#include "plugins/os/ufw-settings/ufw_settings.h"
#include "scanner/base/result.h"
#include "scanner/root/root.h"

namespace plimsoll::firewall {

/// What ufw's start script loads for one family into a kernel without rules: ufw-framework(8). Its
/// own chains, those of before.rules, after.rules and user.rules, and the default policies. Fails
/// as a whole where a piece of it is not loaded.
Result<Ruleset> read_ufw_rules(const Root& root, const UfwSettings& settings, bool is_six);

/// Where the rules of users are, which a report names when there is no better place.
std::string ufw_file(bool is_six);

}  // namespace plimsoll::firewall
