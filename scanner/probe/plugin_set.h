#pragma once

#include <memory>

#include "scanner/probe/probe.h"

namespace plimsoll {

/// Adds a probe to those that all_probes and find_probe know, for the rest of the process. Before
/// any thread is started; false when the name is taken.
bool add_probe(std::shared_ptr<const Probe> probe);

}  // namespace plimsoll
