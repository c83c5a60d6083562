#pragma once

#include "plugins/container/dockerfile/syntax.h"
#include "scanner/probe/probe.h"

namespace plimsoll::dockerfile {

/// The facts of one file: its instructions carried out in order, as far as that goes without
/// running or fetching anything.
Facts build(const Syntax& syntax, const Request& request);

}  // namespace plimsoll::dockerfile
