#pragma once

#include <string>
#include <vector>

#include "plugins/os/logrotate/settings.h"
#include "scanner/base/fact.h"
#include "scanner/root/root.h"

namespace plimsoll::logrotate {

/// Reads /etc/logrotate.conf and what it includes as logrotate 3.21 does (logrotate(8)). What could
/// not be read is a gap in `facts`.
std::vector<Entry> read_configuration(const Root& root, Facts& facts);

}  // namespace plimsoll::logrotate
