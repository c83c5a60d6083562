#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "scanner/base/result.h"

namespace plimsoll {

/// What one plug-in may cost. Passing one ends its process, and its rules become `unknown`.
struct PluginLimits {
  std::chrono::milliseconds time{10'000};  ///< to say hello, and again for each read
  std::size_t rows = 200'000;
  std::size_t bytes = 64U << 20U;      ///< of facts, as they come through the pipe
  std::size_t fact_bytes = 4U << 20U;  ///< of one of them
};

/// Starts every plug-in of these directories (`NAME.so` and executable files), each in a sandboxed
/// process of its own, and adds its probe to find_probe and all_probes. Before the sandbox is
/// entered and before any thread is started.
///
/// Returns what is wrong, one error a plug-in: such a plug-in is added as `broken` where its name
/// is free, so that its rules become unknown. Fails when a directory cannot be listed.
Result<std::vector<Error>> load_plugins(const std::vector<std::string>& directories,
                                        const PluginLimits& limits = {});

/// The process groups of the plug-ins that run: what SandboxPlan::killable_groups has to name.
std::vector<pid_t> plugin_groups();

}  // namespace plimsoll
