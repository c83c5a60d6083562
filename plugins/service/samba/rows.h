#pragma once

#include "plugins/service/samba/configuration.h"
#include "scanner/base/fact.h"

namespace plimsoll::samba {

/// Files and settings of all sections. `with_defaults`: also what no line gives.
void write_settings(const Configuration& configuration, bool with_defaults, Facts& facts);

}  // namespace plimsoll::samba
