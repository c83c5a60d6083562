#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "plugins/os/process/configuration.h"
#include "plugins/os/process/files_in_use.h"
#include "scanner/base/date.h"
#include "scanner/base/text.h"
#include "scanner/formats/processes.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace {

constexpr std::array kFields = {
    Field{"name", Type::text, "what the process is called: the file name of its program"},
    Field{"pid", Type::integer, "process id"},
    Field{"ppid", Type::integer, "process id of its parent"},
    Field{"uid", Type::integer, "effective user id"},
    Field{"executable", Type::text, "path of its program; empty for the kernel's own threads"},
    Field{"executable_state", Type::text,
          "present, replaced (another file has its name now), deleted, or unlinked (one of both, "
          "in a "
          "container)"},
    Field{"outdated", Type::list,
          "program and libraries it runs that have been replaced or removed since; absent: none"},
    Field{"started", Type::text, "when, in UTC: `2026-01-31T12:00:00Z`"},
    Field{"unit", Type::text, "unit of the system manager it belongs to; empty: none"},
    Field{"container", Type::boolean, "it has a name space of its own for process ids"},
    Field{"changed", Type::list,
          "main process of a service: files of its configuration that are newer; absent: none"},
};

constexpr std::array<std::string_view, 2> kFiles = {"/proc/1/stat", "/proc/stat"};
constexpr std::string_view kDeleted = " (deleted)";
constexpr std::uint64_t kTicks = 100;  // proc(5): a second, on every architecture that Debian has

struct Process {
  ProcessStat stat;
  std::int64_t uid = 0;
  bool container = false;
  std::string unit;
  std::optional<std::string> executable;  ///< none: not readable
  std::string_view state;
  std::optional<std::vector<std::string>> outdated;  ///< none: not readable
};

/// The words behind `key:` in a text like /proc/PID/status.
std::vector<std::string_view> words_of(std::string_view text, std::string_view key) {
  for (const Line& line : lines(text))
    if (line.text.starts_with(key)) return words(line.text.substr(key.size()));
  return {};
}

class ProcessReader {
 public:
  explicit ProcessReader(const Root& root) : root_(root), processes_(root) {}

  Facts read() {
    facts_.not_applicable = processes_.not_applicable();
    if (!facts_.not_applicable.empty()) return std::move(facts_);
    processes_.add_gaps(facts_);
    read_boot_time();
    for (const std::int64_t pid : processes_.pids()) read_process(pid);
    find_main_processes();
    for (auto& [pid, process] : found_) add_row(pid, process);
    return std::move(facts_);
  }

 private:
  void read_boot_time() {
    const auto text = root_.read_now("/proc/stat");
    const auto value = text ? words_of(*text, "btime ") : std::vector<std::string_view>{};
    if (!value.empty()) boot_time_ = to_integer(value.front());
    if (boot_time_) return;
    const Error error =
        text ? Error{ErrorCode::invalid, "no time of boot", {"/proc/stat"}} : text.error();
    facts_.gap(error, {}, Gap::Effect::may_override, {"started", "changed"});
  }

  /// A process that ends while it is read is passed over.
  void read_process(std::int64_t pid) {
    const auto text = root_.read_now(Processes::path(pid, "stat"));
    if (!text) return add_gap(pid, text.error());
    auto stat = parse_process_stat(*text);
    if (!stat)
      return facts_.gap(
          {ErrorCode::invalid, "not the fields of a process", {Processes::path(pid, "stat")}}, {},
          Gap::Effect::may_add);
    Process process;
    process.stat = std::move(*stat);
    if (!read_status(pid, process)) return;
    if (!process.stat.kernel_thread) {
      auto unit = processes_.unit(pid);
      if (!unit) return add_gap(pid, unit.error());
      process.unit = std::move(*unit);
    }
    read_code(pid, process);
    found_.emplace(pid, std::move(process));
  }

  void add_gap(std::int64_t pid, const Error& error) {
    if (!processes_.is_gone(pid)) facts_.gap(error, {}, Gap::Effect::may_add);
  }

  /// proc_pid_status(5): of the four user ids the second is the effective one; there is a process
  /// id for each name space of them that the process is in, from ours downwards.
  bool read_status(std::int64_t pid, Process& process) {
    const auto status = root_.read_now(Processes::path(pid, "status"));
    if (!status) {
      add_gap(pid, status.error());
      return false;
    }
    const auto uids = words_of(*status, "Uid:");
    const auto uid = uids.size() == 4 ? to_integer(uids[1]) : std::nullopt;
    if (!uid) {
      facts_.gap({ErrorCode::invalid, "no user ids", {Processes::path(pid, "status")}}, {},
                 Gap::Effect::may_add);
      return false;
    }
    process.uid = *uid;
    process.container = words_of(*status, "NSpid:").size() > 1;
    return true;
  }

  /// Its program and libraries. The kernel's threads and what has ended already have none.
  void read_code(std::int64_t pid, Process& process) {
    const char state = process.stat.state;
    process.executable.emplace();
    process.outdated.emplace();
    if (process.stat.kernel_thread || state == 'Z' || state == 'X') return;
    auto target = root_.readlink(Processes::path(pid, "exe"));
    if (!target) {
      if (target.error().code == ErrorCode::not_found) return;  // it is about to end
      process.executable.reset();
      process.outdated.reset();
      note_unreadable(pid, process.stat.name, target.error());
      return;
    }
    process.state = state_of(*target, process.container);
    process.executable = std::move(*target);
    const auto maps = root_.read_now(Processes::path(pid, "maps"));
    if (maps) {
      process.outdated = removed_code(*maps);
      leave_out_lost_program(process);
    } else {
      process.outdated.reset();
      note_unreadable(pid, process.stat.name, maps.error());
    }
  }

  /// proc_pid_exe(5): the kernel adds ` (deleted)` when the file has been unlinked, which replacing
  /// it by another does, too. In a container its name says nothing about files here.
  std::string_view state_of(std::string& executable, bool container) const {
    if (!executable.ends_with(kDeleted)) return "present";
    executable.resize(executable.size() - kDeleted.size());
    if (executable.starts_with("/memfd:")) return "deleted";
    if (container) return "unlinked";
    return root_.lstat(executable) ? "replaced" : "deleted";
  }

  /// A program of which no file is left is not one that wants a restart.
  static void leave_out_lost_program(Process& process) {
    if (process.state == "deleted") std::erase(*process.outdated, *process.executable);
  }

  /// A gap for each name, not for each of perhaps thousands of processes.
  void note_unreadable(std::int64_t pid, const std::string& name, const Error& error) {
    if (processes_.is_gone(pid) || !unreadable_.insert(name).second) return;
    facts_.gap(error, name, Gap::Effect::may_override,
               {"executable", "executable_state", "outdated"});
  }

  /// The one that was started last of those whose parent is not of the service: it is what a
  /// restart starts. Older ones are left from an earlier run (sessions of sshd).
  void find_main_processes() {
    std::map<std::pair<std::string_view, std::string_view>, const Process*> newest;
    for (const auto& [pid, process] : found_) {
      children_.emplace(process.stat.parent, &process);
      if (!process.unit.ends_with(".service") || process.container) continue;
      const auto parent = found_.find(process.stat.parent);
      if (parent != found_.end() && parent->second.unit == process.unit) continue;
      const Process*& main = newest[{process.unit, process.stat.name}];
      if (main == nullptr || main->stat.start <= process.stat.start) main = &process;
    }
    if (newest.empty() || !boot_time_) return;
    Configuration configuration(root_);
    for (const auto& [of, process] : newest)
      changed_.emplace(process->stat.pid, changed_files(configuration, *process));
    for (const Error& error : configuration.errors())
      facts_.gap(error, {}, Gap::Effect::may_override, {"changed"});
  }

  std::vector<std::string> changed_files(Configuration& configuration,
                                         const Process& process) const {
    const std::int64_t started = start_of(process);
    std::vector<std::string> out = configuration.unit_files_after(process.unit, started);
    const Daemon* daemon = find_daemon(process.stat.name);
    if (daemon == nullptr) return out;
    std::int64_t loaded = started;
    if (daemon->reload == Reload::workers)
      loaded = std::max(loaded, last_worker(process, daemon->trace));
    if (daemon->reload == Reload::pid_file)
      loaded = std::max(loaded, configuration.time_of_pid_file(daemon->trace, process.stat.pid));
    const auto files = configuration.files_after(*daemon, loaded);
    out.insert(out.end(), files.begin(), files.end());
    return out;
  }

  [[nodiscard]] std::int64_t last_worker(const Process& main, std::string_view name) const {
    std::int64_t last = 0;
    const auto [begin, end] = children_.equal_range(main.stat.pid);
    for (auto child = begin; child != end; ++child)
      if (child->second->stat.name == name) last = std::max(last, start_of(*child->second));
    return last;
  }

  [[nodiscard]] std::int64_t start_of(const Process& process) const {
    return boot_time_.value_or(0) + static_cast<std::int64_t>(process.stat.start / kTicks);
  }

  // --- rows

  static Value if_any(std::vector<std::string> files) {
    if (files.empty()) return std::monostate{};
    return files;
  }

  void add_row(std::int64_t pid, Process& process) {
    const bool known = process.executable.has_value();
    const auto changed = changed_.find(pid);
    Fact& row = facts_.row(
        {std::move(process.stat.name), pid, process.stat.parent, process.uid,
         known ? Value(std::move(*process.executable)) : Value{},
         known ? Value(std::string(process.state)) : Value{},
         process.outdated ? if_any(std::move(*process.outdated)) : Value{},
         boot_time_ ? Value(utc_text(start_of(process))) : Value{}, process.unit, process.container,
         changed == changed_.end() ? Value{} : if_any(changed->second)},
        {Processes::path(pid, "stat"), 1, 1});
    row.scope = std::move(process.unit);
  }

  const Root& root_;
  Processes processes_;
  Facts facts_;
  std::optional<std::int64_t> boot_time_;  ///< seconds since the epoch
  std::map<std::int64_t, Process> found_;
  std::multimap<std::int64_t, const Process*> children_;
  std::map<std::int64_t, std::vector<std::string>> changed_;  ///< of main processes
  std::set<std::string> unreadable_;  ///< names of processes that this user may not look at
};

Facts read_process(const Request& request) { return ProcessReader(request.root).read(); }

}  // namespace

extern const Probe process_probe;
const Probe process_probe{
    .name = "process",
    .group = "os",
    .summary = "running processes, and whether they run what is installed and configured now",
    .semantics = "proc(5), cgroups(7), systemd.unit(5)",
    .shape = Shape::rows,
    .fields = kFields,
    .read = read_process,
    .files = kFiles,
    .looks_into_processes = true,
};

}  // namespace plimsoll
