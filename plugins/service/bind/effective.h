#pragma once

#include "plugins/service/bind/configuration.h"
#include "scanner/base/fact.h"

namespace plimsoll::bind {

/// What statements and, on a host, defaults come to: the keys with `@`.
void write_effective(const Configuration& configuration, Facts& facts);

}  // namespace plimsoll::bind
