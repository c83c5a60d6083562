#pragma once

#include "plugins/service/bind/configuration.h"
#include "scanner/base/fact.h"

namespace plimsoll::bind {

/// `@log-security`: kinds of channels that messages about refused requests go to (BIND 9 ARM,
/// "logging Block").
void write_security_log(const Configuration& configuration, Facts& facts);

}  // namespace plimsoll::bind
