#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace plimsoll {

/// What a process keeps when it gives up the rest. Nothing gives it back.
struct SandboxPlan {
  enum class Reading {
    everything,  ///< a live host, or a plug-in that is still being loaded
    below_top,   ///< what lies below `top`: the root of the scan
    nothing,     ///< a loaded plug-in: it asks its host for every byte
  };
  Reading reading = Reading::everything;
  int top = -1;  ///< a descriptor on the root's top directory, for below_top
  /// An exec probe: it may start programs (from the system's directories and `program_directory`),
  /// and these may open /dev/null for writing.
  bool may_execute = false;
  std::string program_directory = {};
  /// The programs and descriptors of other processes are read on a live host (/proc/PID/exe, maps,
  /// fd). That takes the right to trace them, which every Landlock domain takes away whatever its
  /// rules, so that the filter alone stands guard: it refuses the same calls.
  bool other_processes = false;
  /// Process groups that may be killed: those of the plug-ins this process started.
  std::vector<pid_t> killable_groups = {};
};

/// What the kernel agreed to enforce.
struct Sandbox {
  bool filtered = false;    ///< seccomp: no exec, no network, no opening for writing, no fork
  bool landlocked = false;  ///< Landlock: reading as planned, no writing and no exec by any call
  /// Empty when writing, exec and network are out of reach; otherwise what is missing and why.
  std::string warning;
};

/// Gives up everything that reading files and printing a report does not need, for good: new
/// privileges, exec, fork, network, tracing, signals to others, every call that writes to a file
/// system, core dumps. Descriptors that are open already keep working, so output files are opened
/// before. Threads can be started afterwards; none may run yet (the rules bind the calling thread
/// and its descendants). Costs about 0.2 ms.
///
/// Where the kernel has no Landlock that also guards truncation (Linux before 6.2), openat2(2)
/// fails with ENOSYS afterwards, because a filter cannot see its flags; Root then resolves in user
/// space.
Sandbox enter_sandbox(const SandboxPlan& plan);

/// Takes reading away as well, inside a sandbox that was entered with `Reading::everything`: a
/// plug-in whose code has been loaded. Does nothing where the kernel has no Landlock.
void give_up_reading();

}  // namespace plimsoll
