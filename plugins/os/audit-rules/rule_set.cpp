#include "plugins/os/audit-rules/rule_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "scanner/base/text.h"

namespace plimsoll::audit {
namespace {

constexpr std::size_t kMaxNever = 256;     // each is held against every rule
constexpr std::size_t kMaxRemovals = 256;  // each `-D -k` looks at every rule

bool includes(const std::vector<std::string>& all, const std::vector<std::string>& part) {
  return std::all_of(part.begin(), part.end(), [&](const std::string& one) {
    return std::find(all.begin(), all.end(), one) != all.end();
  });
}

bool covers_path(const Command& wide, const Command& narrow) {
  if (wide.watch.empty() || wide.target == narrow.target) return true;
  return wide.reach == Command::Reach::tree && !narrow.watch.empty() &&
         narrow.target.starts_with(wide.target == "/" ? wide.target : wide.target + "/");
}

bool covers_perm(const Command& wide, const Command& narrow) {
  if (wide.perm.empty() || wide.perm == "rwxa") return true;
  return !narrow.perm.empty() && narrow.perm.find_first_not_of(wide.perm) == std::string::npos;
}

/// Whether `wide` takes first each event that `narrow` asks for, of the ABIs and system calls that
/// both are about.
bool covers(const Command& wide, const Command& narrow) {
  if (!includes(narrow.filters, wide.filters)) return false;
  // Tasks that the task list never audits have no system calls on the exit list.
  if (wide.list == "task") return narrow.list == "exit" && wide.filters.empty();
  return wide.list == narrow.list && covers_path(wide, narrow) && covers_perm(wide, narrow);
}

bool covers_call(const Command& wide, const std::string& arch, const std::string& syscall) {
  const auto has = [](const std::vector<std::string>& all, const std::string& one) {
    return all.empty() || std::binary_search(all.begin(), all.end(), one);
  };
  if (wide.list == "task") return true;
  const bool all = wide.syscalls == std::vector<std::string>{"all"};
  return has(wide.arch, arch) && (all || has(wide.syscalls, syscall));
}

}  // namespace

const Loaded* Loaded::taker(const std::string& arch, const std::string& syscall) const {
  const auto first = std::find_if(takers.begin(), takers.end(), [&](const Loaded* one) {
    return covers_call(one->command, arch, syscall);
  });
  return first == takers.end() ? nullptr : *first;
}

/// Where a path leads, as the kernel looks it up: the directories on the way are followed, the last
/// part is not, but for `dir`. A watch on a directory is one on all below it.
void RuleSet::place(Command& command) const {
  if (command.watch.empty()) return;
  using Reach = Command::Reach;
  command.target = command.watch;
  if (command.reach == Reach::unknown) {
    const auto stat = root_.stat(command.watch);
    const bool tree = stat && stat->type == FileType::directory;
    command.reach = tree ? Reach::tree : Reach::file;
  }
  if (command.reach == Reach::tree) {
    if (auto path = root_.resolve(command.watch)) command.target = std::move(*path);
  } else if (auto parent = root_.resolve(parent_path(command.watch))) {
    command.target = join_path(*parent, base_name(command.watch));
  }
}

void RuleSet::fault(const RuleLine& line, std::string why) {
  faults_.push_back({line.text, std::move(why), line.origin});
  if (!go_on_) stopped_ = true;
}

void RuleSet::take(const RuleLine& line) {
  Command command = parse_rule(line.text, names_);
  ++count_;
  using Kind = Command::Kind;
  if (command.kind == Kind::nothing) return;
  if (command.has_unknown_calls && !unknown_calls_) unknown_calls_ = line.origin;
  if (command.kind == Kind::add) {
    place(command);
    return add(std::move(command), line);
  }
  if (command.kind == Kind::control) return control(command, line);
  if (stopped_) return;
  if (command.kind == Kind::invalid) return fault(line, std::move(command.fault));
  if (locked_) return fault(line, "`-e 2` stands before: the kernel takes no more changes");
  if (command.kind == Kind::remove_all) return remove_all(command);
  place(command);
  remove(command, line);
}

void RuleSet::add(Command command, const RuleLine& line) {
  Loaded rule{std::move(command), line.origin, count_, "effective", {}, false, {}};
  const std::string identity =
      fmt::format("{} {} {}", rule.command.identity, rule.command.watch,
                  rule.command.reach == Command::Reach::tree ? "tree" : "file");
  if (stopped_) {
    rule.state = "not-loaded";
    rule.detail = fmt::format("auditctl stops at {}:{}", faults_.back().origin.file,
                              faults_.back().origin.line);
  } else if (locked_) {
    rule.state = "not-loaded";
    rule.detail = "`-e 2` stands before: the kernel takes no more changes";
    fault(line, rule.detail);
  } else if (by_identity_.count(identity) != 0) {
    // The first of the two is in force; this one stops auditctl.
    return fault(line, "the rule exists already");
  } else {
    by_identity_.emplace(identity, rules_.size());
  }
  rules_.push_back(std::move(rule));
}

void RuleSet::remove(const Command& command, const RuleLine& line) {
  const std::string identity = fmt::format("{} {} {}", command.identity, command.watch,
                                           command.reach == Command::Reach::tree ? "tree" : "file");
  const auto found = by_identity_.find(identity);
  if (found == by_identity_.end()) return fault(line, "there is no such rule to remove");
  rules_[found->second].gone = true;
  by_identity_.erase(found);
}

void RuleSet::remove_all(const Command& command) {
  if (++removals_ > kMaxRemovals) return;
  const auto goes = [&](const Loaded& rule) {
    return command.keys.empty() || includes(rule.command.keys, command.keys);
  };
  for (auto it = by_identity_.begin(); it != by_identity_.end();) {
    if (!goes(rules_[it->second])) {
      ++it;
      continue;
    }
    rules_[it->second].gone = true;
    it = by_identity_.erase(it);
  }
}

void RuleSet::control(const Command& command, const RuleLine& line) {
  for (const Command::Option& option : command.options) {
    const bool sent = !stopped_ && !locked_;
    controls_.push_back({option.name, option.value, line.origin, sent});
    if (stopped_) return;
    if (locked_) return fault(line, "`-e 2` stands before: the kernel takes no more changes");
    if (option.name == "-i" || option.name == "-c") go_on_ = true;
    if (option.name == "-e") locked_ = option.value == "2";
  }
}

void RuleSet::finish(Facts& facts) {
  if (unknown_calls_)
    facts.gap({ErrorCode::unsupported,
               "the system calls of this `arch` are not known: auditctl may refuse the line",
               *unknown_calls_});
  std::erase_if(rules_, [](const Loaded& rule) { return rule.gone; });
  // -A puts a rule before all others of its list, the last such one first.
  std::stable_sort(rules_.begin(), rules_.end(), [](const Loaded& a, const Loaded& b) {
    if (a.command.prepend != b.command.prepend) return a.command.prepend;
    return a.command.prepend && a.line > b.line;
  });
  std::string enabled;
  for (const Control& one : controls_)
    if (one.option == "-e" && one.sent) enabled = one.value;
  // A task that `task` never audits has no context; its place among other lists does not matter.
  std::vector<const Loaded*> never;
  for (const Loaded& rule : rules_)
    if (rule.command.list == "task" && rule.command.action == "never" && rule.state == "effective")
      never.push_back(&rule);
  for (Loaded& rule : rules_) {
    if (rule.state != "effective") continue;
    if (rule.command.never_holds) {
      rule.state = "void";
      rule.detail = "its `arch` conditions cannot hold together";
      continue;
    }
    if (rule.command.action == "never") {
      if (rule.command.list != "task") never.push_back(&rule);
      continue;
    }
    if (never.size() > kMaxNever) continue;
    std::copy_if(never.begin(), never.end(), std::back_inserter(rule.takers),
                 [&](const Loaded* one) { return covers(one->command, rule.command); });
    if (enabled == "0") {
      rule.state = "disabled";
      rule.detail = "`-e 0` turns auditing off";
    }
  }
  if (never.size() > kMaxNever || removals_ > kMaxRemovals)
    facts.gap({ErrorCode::limit, "too many rules that take others out of force", {}});
}

}  // namespace plimsoll::audit
