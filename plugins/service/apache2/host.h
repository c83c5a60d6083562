#pragma once

#include <optional>

#include "plugins/service/apache2/tree.h"

namespace plimsoll::apache2 {

/// What the service of a host reads: its main file, with what apache2ctl(8) takes from envvars.
std::optional<Source> host_source(const Root& root, Facts& facts);

}  // namespace plimsoll::apache2
