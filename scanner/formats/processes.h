#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/fact.h"
#include "scanner/root/root.h"

namespace plimsoll {

/// What /proc/PID/stat says of a process (proc_pid_stat(5)).
struct ProcessStat {
  std::int64_t pid = 0;
  std::string name;  ///< `comm`: the file name of the program, or what the process calls itself
  char state = '?';
  std::int64_t parent = 0;
  bool kernel_thread = false;
  std::uint64_t start = 0;  ///< in ticks since the host started
};
std::optional<ProcessStat> parse_process_stat(std::string_view text);

/// The part of a cgroup's path that names the unit of the system manager, as sd_pid_get_unit(3) has
/// it; empty when none does. `cgroups` is the text of /proc/PID/cgroup, of cgroups(7) version 1
/// or 2. `top` is the path of the manager's own top group: empty but in a container.
std::string unit_in_cgroups(std::string_view cgroups, std::string_view top);

/// Empty where /proc of a root tells of what runs: on the running host, and in a tree with which it
/// was copied. Otherwise why it does not: there is none, or one that is mounted in a root
/// directory, which is the scanner's own.
std::string why_not_running(const Root& root);

/// The processes that /proc of a root tells of.
class Processes {
 public:
  explicit Processes(const Root& root);

  /// Not empty: /proc of this root tells nothing, and why.
  [[nodiscard]] const std::string& not_applicable() const { return not_applicable_; }
  [[nodiscard]] const std::vector<std::int64_t>& pids() const { return pids_; }
  /// What keeps processes from being seen at all.
  void add_gaps(Facts& facts) const;

  /// `/proc/PID/file`
  [[nodiscard]] static std::string path(std::int64_t pid, std::string_view file);
  /// True when the process has ended since /proc was listed: what could not be read then is no gap.
  [[nodiscard]] bool is_gone(std::int64_t pid) const;
  /// Its unit; empty when it has none. A unit is not secret, so this works for every user.
  [[nodiscard]] Result<std::string> unit(std::int64_t pid) const;

 private:
  const Root& root_;
  std::string not_applicable_;
  std::vector<std::int64_t> pids_;
  std::vector<Error> errors_;
  std::string top_;  ///< of the unit manager's cgroups
};

}  // namespace plimsoll
