#pragma once

#include <string>

#include "scanner/probe/probe.h"

namespace plimsoll {

/// The facts in columns for people: settings with their origin, scope by scope; rows under the
/// names of their fields. Shadowed settings, with why, below the one that beats them.
std::string facts_table(const Probe& probe, const Facts& facts, bool with_shadowed, bool color);

}  // namespace plimsoll
