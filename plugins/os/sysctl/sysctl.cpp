#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <unordered_map>

#include "plugins/os/sysctl/sysctl_key.h"
#include "scanner/base/text.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace {

// sysctl.d(5), highest priority first. Debian 12 builds systemd for an unmerged /lib, which comes
// last.
constexpr std::array<std::string_view, 5> kDirectories = {"/etc/sysctl.d", "/run/sysctl.d",
                                                          "/usr/local/lib/sysctl.d",
                                                          "/usr/lib/sysctl.d", "/lib/sysctl.d"};

constexpr std::array kFields = {
    Field{"kernel.kptr_restrict", Type::integer, "who may see kernel addresses: 0 all, 2 nobody"},
    Field{"kernel.randomize_va_space", Type::integer, "address space layout: 2 is all of it"},
    Field{"kernel.yama.ptrace_scope", Type::integer, "who may trace whom: 1 children, 3 nobody"},
};

constexpr std::array<std::string_view, 4> kFiles = {"/etc/sysctl.d/99-sysctl.conf",
                                                    "/etc/sysctl.conf", "/run/sysctl.d/60-b.conf",
                                                    "/usr/lib/sysctl.d/50-a.conf"};

constexpr std::size_t kLineBytes = 1U << 20U;  // systemd gives a file up at a longer line

struct Assignment {
  std::optional<std::string> value;  ///< none: an exclusion, `-key`
  Origin origin;
  std::vector<Shadowed> shadowed;
};

constexpr std::size_t kEntries = 1U << 16U;  // a host has a few hundred
constexpr std::size_t kShadowed = 16;        // earlier lines kept for one key

/// The assignments as systemd-sysctl keeps them: one a key, in the order in which it applies them.
class Assignments {
 public:
  void set(const std::string& key, std::optional<std::string> value, Origin origin) {
    if (entries_.size() >= kEntries) {
      full_ = true;
      return;
    }
    const auto found = place_.find(key);
    if (found == place_.end()) {
      place_.emplace(key, entries_.size());
      entries_.emplace_back(key, Assignment{std::move(value), std::move(origin), {}});
      return;
    }
    Assignment old = std::move(entries_[found->second].second);
    if (old.shadowed.size() < kShadowed)
      old.shadowed.push_back(
          {old.value.value_or(""), std::move(old.origin), "a later line sets it again"});
    Assignment next{std::move(value), std::move(origin), std::move(old.shadowed)};
    if (next.value == old.value) {  // the same again keeps its place among the patterns
      entries_[found->second].second = std::move(next);
      return;
    }
    entries_[found->second].first.clear();
    found->second = entries_.size();
    entries_.emplace_back(key, std::move(next));
  }

  [[nodiscard]] const Assignment* find(const std::string& key) const {
    const auto found = place_.find(key);
    return found == place_.end() ? nullptr : &entries_[found->second].second;
  }

  [[nodiscard]] bool is_full() const { return full_; }

  /// Calls `each(key, assignment)` in the order in which they are applied.
  template <class Each>
  void for_each(Each each) const {
    for (const auto& [key, assignment] : entries_)
      if (!key.empty()) each(key, assignment);
  }

 private:
  std::vector<std::pair<std::string, Assignment>> entries_;  ///< an empty key: set again later
  std::unordered_map<std::string, std::size_t> place_;
  bool full_ = false;  ///< something had to be left out
};

void read_line(std::string_view text, Origin origin, Assignments& out) {
  constexpr std::string_view kSpace = " \t\r";
  text = trim(text, kSpace);
  if (text.empty() || text.front() == '#' || text.front() == ';') return;
  const auto equals = text.find('=');
  // sysctl.d(5): `-key` without a value keeps patterns away from that key; with a value the dash
  // only says that a failure does not matter.
  if (equals == std::string_view::npos && text.front() != '-') return;  // systemd warns and goes on
  std::string_view key = text.substr(0, equals);
  if (text.front() == '-') key.remove_prefix(1);
  const std::string path = sysctl_path(trim(key, kSpace));
  if (path.empty()) return;
  std::optional<std::string> value;
  if (equals != std::string_view::npos) value = trim(text.substr(equals + 1), kSpace);
  out.set(path, std::move(value), std::move(origin));
}

/// systemd ends a line at `\n`, `\r` and NUL alike; lines are numbered as an editor does, by `\n`.
void read_text(std::string_view text, const std::string& file, Assignments& out, Facts& facts) {
  for (const Line& line : lines(text)) {
    std::string_view rest = line.text;
    while (!rest.empty()) {
      const auto end = std::min(rest.find_first_of(std::string_view("\r\0", 2)), rest.size());
      if (end > kLineBytes) {
        facts.gap({ErrorCode::limit,
                   "a line longer than 1 MiB, where systemd-sysctl stops reading",
                   {file, line.number, 1}});
        return;
      }
      read_line(rest.substr(0, end), {file, line.number, 1}, out);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
}

Assignments read_files(const Root& root, Facts& facts) {
  Assignments out;
  auto drop_ins = root.drop_ins(kDirectories, ".conf");
  for (Error& error : drop_ins.errors) facts.gap(std::move(error));
  for (const std::string& file : drop_ins.files) {
    const auto text = root.read(file);
    if (!text) {
      // A link to nothing hides its namesakes and is itself passed over.
      if (text.error().code != ErrorCode::not_found) facts.gap(text.error());
      continue;
    }
    read_text(*text, file, out, facts);
  }
  if (out.is_full())
    facts.gap({ErrorCode::limit, "more than 65536 assignments in all sysctl.d files", {}});
  return out;
}

void add(Facts& facts, std::string key, const Assignment& assignment) {
  Fact& fact = facts.setting(std::move(key), assignment.value.value_or(""), assignment.origin);
  fact.shadowed = assignment.shadowed;
}

/// The keys, as paths below /proc/sys, that the rules name.
std::vector<std::string> asked_for(const Request& request) {
  std::vector<std::string> out;
  for (const Selection& selection : request.selections)
    for (const Predicate& predicate : selection.where)
      if (predicate.on == Predicate::On::key &&
          (predicate.matcher.op() == Op::equals || predicate.matcher.op() == Op::one_of))
        for (const std::string& key : predicate.matcher.operands()) out.push_back(sysctl_path(key));
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

/// sysctl.d(5): a pattern sets every key that matches and that no line names; the last one stands.
void add_from_patterns(const Assignments& assignments, const std::string& path, Facts& facts) {
  if (assignments.find(path) != nullptr || is_pattern(path)) return;
  const Assignment* last = nullptr;
  assignments.for_each([&](const std::string& pattern, const Assignment& assignment) {
    if (assignment.value && is_pattern(pattern) && path_matches(pattern, path)) last = &assignment;
  });
  if (last != nullptr) add(facts, sysctl_key(path), *last);
}

/// procps' `sysctl --system` reads /etc/sysctl.conf whether or not a link leads to it: it counts
/// for a rule about a key that nothing else sets, where procps is there to read it.
Assignments read_sysctl_conf(const Root& root, Facts& facts) {
  constexpr std::string_view kFile = "/etc/sysctl.conf";
  Assignments out;
  if (!root.exists("/usr/sbin/sysctl") && !root.exists("/sbin/sysctl")) return out;
  const auto text = root.read(kFile);
  if (text) {
    read_text(*text, std::string(kFile), out, facts);
  } else if (text.error().code != ErrorCode::not_found) {
    facts.gap(text.error());
  }
  return out;
}

void add_for_rule(const Assignments& assignments, const Assignments& sysctl_conf,
                  const std::string& path, Facts& facts) {
  if (assignments.find(path) != nullptr) return;
  const std::size_t before = facts.rows.size();
  add_from_patterns(assignments, path, facts);
  const Assignment* last = sysctl_conf.find(path);
  if (facts.rows.size() == before && last != nullptr && last->value)
    add(facts, sysctl_key(path), *last);
}

/// What the running kernel says. A key that it does not have is no row.
void add_running(const Root& root, const std::string& path, Facts& facts) {
  if (path.empty() || is_pattern(path)) return;
  const std::string file = normal_path("/proc/sys/" + path);
  if (!file.starts_with("/proc/sys/")) return;
  const std::string key = sysctl_key(path);
  const auto text = root.read(file);
  if (text) {
    facts.setting(key, join(words(*text), " "), {file, 1, 1}, "running");
  } else if (text.error().code != ErrorCode::not_found &&
             text.error().code != ErrorCode::wrong_type) {
    facts.gap(text.error(), "running > " + key);
  }
}

Facts read_sysctl(const Request& request) {
  Facts facts;
  const Assignments assignments = read_files(request.root, facts);
  std::vector<std::string> wanted = asked_for(request);
  const bool everything = request.selections.empty();
  assignments.for_each([&](const std::string& path, const Assignment& assignment) {
    add(facts, (assignment.value ? "" : "-") + sysctl_key(path), assignment);
    if (everything && assignment.value) wanted.push_back(path);
  });
  const Assignments sysctl_conf =
      everything ? Assignments{} : read_sysctl_conf(request.root, facts);
  for (const std::string& path : wanted) {
    if (!everything) add_for_rule(assignments, sysctl_conf, path, facts);
    if (request.root.is_live()) add_running(request.root, path, facts);
  }
  return facts;
}

}  // namespace

extern const Probe sysctl_probe;
const Probe sysctl_probe{
    .name = "sysctl",
    .group = "os",
    .summary = "kernel parameters: as they are set at boot and, on a live host, as they are",
    .semantics = "sysctl.d(5), systemd-sysctl.service(8)",
    .shape = Shape::settings,
    .fields = kFields,
    .read = read_sysctl,
    .files = kFiles,
};

}  // namespace plimsoll
