#pragma once

#include <string>

#include "scanner/root/sandbox.h"

namespace plimsoll {

/// Installs the seccomp filter of a plan. `guarded_opens`: Landlock watches every open, so openat2
/// can be allowed. Returns why it could not be installed, empty when it was.
std::string install_filter(const SandboxPlan& plan, bool guarded_opens);

}  // namespace plimsoll
