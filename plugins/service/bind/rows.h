#pragma once

#include "plugins/service/bind/configuration.h"
#include "scanner/base/fact.h"

namespace plimsoll::bind {

/// Files and statements, in the scopes that README.md names.
void write_settings(const Configuration& configuration, Facts& facts);
/// That named does not start, and that nothing else is sure then.
void write_refused(const Configuration& configuration, Facts& facts);

}  // namespace plimsoll::bind
