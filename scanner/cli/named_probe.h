#pragma once

#include <string>

#include "scanner/probe/probe.h"

namespace plimsoll {

/// The probe of that name; null after an error that names the nearest one.
const Probe* probe_or_error(const std::string& name);

}  // namespace plimsoll
