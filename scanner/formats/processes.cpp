#include "scanner/formats/processes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scanner/base/text.h"
#include "scanner/formats/systemd/unit_name.h"

namespace plimsoll {
namespace {

// proc_pid_stat(5): the fields behind the name, counted from `state`.
constexpr std::size_t kParent = 1, kFlags = 6, kStart = 19;
constexpr std::uint64_t kKernelThread = 0x00200000;  // PF_KTHREAD

std::optional<std::uint64_t> unsigned_of(std::string_view text) {
  const auto number = to_integer(text);
  if (!number || *number < 0) return {};
  return static_cast<std::uint64_t>(*number);
}

/// The path that counts: of systemd's own hierarchy where it has one, else of the unified one.
std::string_view cgroup_path(std::string_view cgroups) {
  std::string_view unified;
  for (const Line& line : lines(cgroups)) {
    const auto first = line.text.find(':');
    const auto second = first == std::string_view::npos ? first : line.text.find(':', first + 1);
    if (second == std::string_view::npos) continue;
    const std::string_view path = line.text.substr(second + 1);
    const std::string_view controllers = line.text.substr(first + 1, second - first - 1);
    if (controllers == "name=systemd" && path != "/") return path;
    if (controllers.empty()) unified = path;
  }
  return unified;
}

/// systemd escapes a name that the kernel keeps for itself with an underscore.
std::string_view unescape_cgroup(std::string_view name) {
  if (name.starts_with('_')) name.remove_prefix(1);
  return name;
}

bool is_slice(std::string_view name) {
  return name.ends_with(".slice") && systemd::is_unit_name(name);
}

/// Where the manager's groups begin: what is above the group of its own process.
std::string top_of(std::string_view cgroups) {
  std::string_view path = cgroup_path(cgroups);
  for (const std::string_view own : {"/init.scope", "/system.slice", "/system"})
    if (path.ends_with(own)) return std::string(path.substr(0, path.size() - own.size()));
  return {};
}

}  // namespace

std::optional<ProcessStat> parse_process_stat(std::string_view text) {
  // A name may hold blanks and parentheses of its own: it ends at the last one.
  const auto open = text.find(" (");
  const auto close = text.rfind(") ");
  if (open == std::string_view::npos || close == std::string_view::npos || close < open + 2)
    return {};
  const auto pid = to_integer(text.substr(0, open));
  const auto rest = words(text.substr(close + 2));
  if (!pid || rest.size() <= kStart || rest[0].size() != 1) return {};
  const auto parent = to_integer(rest[kParent]);
  const auto flags = unsigned_of(rest[kFlags]);
  const auto start = unsigned_of(rest[kStart]);
  if (!parent || !flags || !start) return {};
  return ProcessStat{*pid,
                     std::string(text.substr(open + 2, close - open - 2)),
                     rest[0][0],
                     *parent,
                     (*flags & kKernelThread) != 0,
                     *start};
}

std::string unit_in_cgroups(std::string_view cgroups, std::string_view top) {
  std::string_view path = cgroup_path(cgroups);
  if (!path.starts_with(top)) return {};
  path.remove_prefix(top.size());
  for (const std::string_view part : split(path, '/')) {
    if (part.empty() || is_slice(unescape_cgroup(part))) continue;
    const std::string_view name = unescape_cgroup(part);
    return systemd::is_unit_name(name) ? std::string(name) : std::string{};
  }
  return {};
}

std::string why_not_running(const Root& root) {
  if (root.is_live()) return {};
  const auto top = root.lstat("/");
  const auto proc = root.lstat("/proc");
  if (!top || !proc || top->device != proc->device)
    return "this is no running host, nor a copy of its /proc";
  const auto entries = root.list("/proc");
  return entries && entries->empty() ? "this is no running host: /proc is empty" : "";
}

Processes::Processes(const Root& root) : root_(root), not_applicable_(why_not_running(root)) {
  if (!not_applicable_.empty()) return;
  const auto entries = root.list("/proc");
  if (!entries) {
    errors_.push_back(entries.error());
    return;
  }
  for (const DirEntry& entry : *entries)
    if (const auto pid = unsigned_of(entry.name); pid && entry.name[0] != '+')
      pids_.push_back(static_cast<std::int64_t>(*pid));
  std::sort(pids_.begin(), pids_.end());
  // proc(5): with hidepid=2 the processes of others are not even listed.
  if (root.is_live() && (pids_.empty() || pids_.front() != 1))
    errors_.push_back({ErrorCode::denied,
                       "processes of others are hidden (mount option `hidepid`): run it as root",
                       {"/proc"}});
  if (const auto cgroups = root.read_now(path(1, "cgroup"))) top_ = top_of(*cgroups);
}

void Processes::add_gaps(Facts& facts) const {
  for (const Error& error : errors_) facts.gap(error, {}, Gap::Effect::may_add);
}

std::string Processes::path(std::int64_t pid, std::string_view file) {
  return fmt::format("/proc/{}/{}", pid, file);
}

bool Processes::is_gone(std::int64_t pid) const {
  const auto there = root_.lstat(fmt::format("/proc/{}", pid));
  return !there && there.error().code == ErrorCode::not_found;
}

Result<std::string> Processes::unit(std::int64_t pid) const {
  const auto cgroups = root_.read_now(path(pid, "cgroup"));
  if (!cgroups) return fail(cgroups.error());
  return unit_in_cgroups(*cgroups, top_);
}

}  // namespace plimsoll
