#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll {

/// One line of fstab, or one mount of the running kernel.
struct MountEntry {
  std::string source, mount_point, fstype, options;
  std::uint32_t line = 0;
};

/// fstab as systemd-fstab-generator reads it, with getmntent(3): unlike libmount that takes a line
/// whatever stands behind its options.
std::vector<MountEntry> parse_mntent(std::string_view text);
/// proc_pid_mountinfo(5): the mounts of this process's name space, in order of mounting.
std::vector<MountEntry> parse_mountinfo(std::string_view text);

}  // namespace plimsoll
