#pragma once

#include <map>
#include <string>
#include <vector>

#include "scanner/probe/probe.h"

namespace plimsoll {

/// Which probes to run, and what of their facts the rules ask for.
using Wanted = std::map<const Probe*, std::vector<Selection>>;
using FactsByProbe = std::map<const Probe*, Facts>;

/// Runs each wanted probe once, on up to `jobs` threads. A probe that is not wanted reads nothing.
FactsByProbe collect(const Root& root, const Wanted& wanted,
                     const std::map<std::string, std::string, std::less<>>& context, unsigned jobs);

}  // namespace plimsoll
