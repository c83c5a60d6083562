#pragma once

#include <array>

#include "plugins/service/nginx/config.h"
#include "scanner/probe/probe.h"

namespace plimsoll::nginx {

/// Writes what takes effect at each level. With `is_brief` (rules are asked, which need no row
/// twice) a server or location has only what it does not inherit, and http what some level gets
/// from it.
void write_settings(const Config& config, bool is_brief, Facts& facts);

/// Writes `@refused` for the first thing that nginx would not start with.
void write_refusals(const Config& config, Facts& facts);

}  // namespace plimsoll::nginx
