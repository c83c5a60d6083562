#pragma once

#include "plugins/service/bind/configuration.h"
#include "scanner/base/fact.h"

namespace plimsoll::bind {

/// `@log-security`: where messages about refused requests go.
void write_security_log(const Configuration& configuration, Facts& facts);

}  // namespace plimsoll::bind
