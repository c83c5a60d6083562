#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace plimsoll {

/// Programs and libraries that a process has mapped as code and whose files are gone from where
/// they were: removed, or replaced by another of the same name. `maps` is the text of
/// /proc/PID/maps (proc_pid_maps(5)). Sorted, each once. Memory that never was a file on a disk,
/// and files for a moment (below /tmp, /dev, /run) are left out.
std::vector<std::string> removed_code(std::string_view maps);

}  // namespace plimsoll
