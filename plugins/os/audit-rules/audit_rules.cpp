#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "plugins/os/audit-rules/rule_set.h"
#include "scanner/base/text.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace {

using namespace audit;

constexpr std::size_t kMaxRows = 200000;

constexpr std::array<std::string_view, 3> kFiles = {"/etc/audit/rules.d/audit.rules",
                                                    "/etc/audit/audit.rules",
                                                    "/usr/lib/systemd/system/auditd.service"};

constexpr std::array kFields = {
    Field{"kind", Type::text,
          "`rule`; `abi`, one of the host's, with its calls; `control`, an option such as `-e`; "
          "`error`, a line that is refused; `loader`, "
          "what loads the rules at boot; `generated`, the file that augenrules writes"},
    Field{"state", Type::text,
          "of a rule: `effective`; `shadowed` by an earlier `never`; `disabled` by `-e 0`; "
          "`void`, its conditions never hold; `not-loaded`, as auditctl stops before it"},
    Field{"list", Type::text, "`exit`, `task`, `user`, `exclude`, `filesystem`"},
    Field{"action", Type::text, "`always` or `never`"},
    Field{"arch", Type::text, "the ABI: `b64` or `b32`; a rule for both has a row for each"},
    Field{"syscall", Type::text,
          "one system call, or `all`; a rule for several has a row for each"},
    Field{"path", Type::text, "the file or directory that is watched, as written"},
    Field{"target", Type::text, "the same, links on the way resolved"},
    Field{"reach", Type::text, "`file`, or `tree`: all below the directory too"},
    Field{"perm", Type::set, "accesses that count: `r`, `w`, `x`, `a`"},
    Field{"filters", Type::set, "all other conditions, in one spelling: `auid!=unset`"},
    Field{"keys", Type::set, "words to find the records by"},
    Field{"option", Type::text, "of a control: `-e`, `-b`; of a loader: its program"},
    Field{"value", Type::text,
          "of a control: its argument; of an ABI: the machine, as `aarch64`; of a loader: `loads` "
          "or `does not load`; of a generated "
          "file: `same`, `differs` or `missing`"},
    Field{"detail", Type::text, "why a rule has no effect, or a line is refused"},
    Field{"calls", Type::set, "of an ABI: the names of all its system calls"},
};

Value text_or_none(std::string_view text) {
  if (text.empty()) return std::monostate{};
  return std::string(text);
}

/// A row of a kind that is no rule.
void other(Facts& facts, std::string kind, std::string_view option, std::string_view value,
           std::string_view detail, const Origin& origin) {
  std::vector<Value> fields(kFields.size());
  fields[0] = std::move(kind);
  fields[12] = text_or_none(option);
  fields[13] = text_or_none(value);
  fields[14] = text_or_none(detail);
  facts.row(std::move(fields), origin);
}

void rule_row(Facts& facts, const Loaded& rule, const std::string& arch,
              const std::string& syscall) {
  const Command& command = rule.command;
  const Loaded* const taker = rule.taker(arch, syscall);
  std::vector<Value> fields(kFields.size());
  fields[0] = std::string("rule");
  fields[1] = std::string(taker != nullptr ? "shadowed" : rule.state);
  fields[2] = command.list;
  fields[3] = command.action;
  fields[4] = text_or_none(arch);
  fields[5] = text_or_none(syscall);
  fields[6] = text_or_none(command.watch);
  fields[7] = text_or_none(command.target);
  if (!command.watch.empty()) {
    fields[8] = std::string(command.reach == Command::Reach::tree ? "tree" : "file");
    // Without `perm` every access counts.
    std::vector<std::string> perm;
    for (const char c : command.perm.empty() ? std::string_view("rwxa") : command.perm)
      perm.emplace_back(1, c);
    fields[9] = std::move(perm);
  }
  fields[10] = command.filters;
  fields[11] = command.keys;
  if (taker == nullptr)
    fields[14] = text_or_none(rule.detail);
  else
    fields[14] = fmt::format("{}:{} never audits this", taker->origin.file, taker->origin.line);
  facts.row(std::move(fields), rule.origin);
}

void rule_rows(Facts& facts, const Loaded& rule) {
  const std::vector<std::string> none(1);
  const auto& arches = rule.command.arch.empty() ? none : rule.command.arch;
  const auto& syscalls = rule.command.syscalls.empty() ? none : rule.command.syscalls;
  for (const std::string& arch : arches)
    for (const std::string& syscall : syscalls) rule_row(facts, rule, arch, syscall);
}

/// name → number of a file like passwd(5).
std::map<std::string, std::string, std::less<>> numbers(const Root& root, std::string_view file,
                                                        Facts& facts) {
  std::map<std::string, std::string, std::less<>> out;
  const auto text = root.read(file);
  if (!text) {
    if (text.error().code != ErrorCode::not_found) facts.gap(text.error());
    return out;
  }
  for (const Line& line : lines(*text)) {
    const auto parts = split(line.text, ':');
    if (parts.size() > 2) out.emplace(parts[0], parts[2]);
  }
  return out;
}

struct FoundHost {
  Host host;
  std::string from;   ///< the dynamic loader that tells; empty: none of those that are known
  std::string fault;  ///< why its system calls are not known
};

/// Debian's kernels of 32 bits; a host without any says nothing about the one that it runs on.
bool has_narrow_kernel(const Root& root) {
  constexpr std::array<std::string_view, 7> kEnds = {
      "-686", "-686-pae", "-armmp", "-armmp-lpae", "-rpi", "-marvell", "-rt-686-pae"};
  const Root::Glob found = root.glob("/lib/modules/*");
  return !found.paths.empty() &&
         std::all_of(found.paths.begin(), found.paths.end(), [&](const std::string& path) {
           return std::any_of(kEnds.begin(), kEnds.end(),
                              [&](std::string_view end) { return path.ends_with(end); });
         });
}

/// What the dynamic loaders tell. A root without any is taken for amd64, as most are.
FoundHost find_host(const Root& root) {
  struct Loader {
    std::string_view path;
    Host host;
  };
  constexpr auto kLoaders = std::to_array<Loader>({
      {"/lib64/ld-linux-x86-64.so.2", {Machine::x86_64, Machine::i386}},
      {"/lib/ld-linux-aarch64.so.1", {Machine::aarch64, Machine::arm}},
      {"/lib64/ld64.so.2", {}},
      {"/lib/ld64.so.1", {}},
      {"/lib/ld-linux-riscv64-lp64d.so.1", {}},
      {"/lib/ld-linux-armhf.so.3", {std::nullopt, Machine::arm}},
      {"/lib/ld-linux.so.3", {std::nullopt, Machine::arm}},
      {"/lib/ld-linux.so.2", {std::nullopt, Machine::i386}},
  });
  const auto found = std::find_if(kLoaders.begin(), kLoaders.end(),
                                  [&](const Loader& one) { return root.exists(one.path); });
  if (found == kLoaders.end()) return {kLoaders.front().host, {}, {}};
  FoundHost out{found->host, std::string(found->path), {}};
  if (!out.host.is_known())
    out.fault = "the system calls of this architecture are not known";
  else if (!out.host.b64 && !has_narrow_kernel(root))
    out.fault = "programs of 32 bits on what may be a kernel of 64 bits: its ABIs are not known";
  return out;
}

/// What the ABIs of the host are, and which calls there are to ask for.
void abi_rows(Facts& facts, const FoundHost& found) {
  for (const auto& [arch, machine] :
       {std::pair{"b32", found.host.b32}, std::pair{"b64", found.host.b64}}) {
    if (!machine) continue;
    std::vector<Value> fields(kFields.size());
    fields[0] = std::string("abi");
    fields[4] = std::string(arch);
    fields[13] = std::string(machine_name(*machine));
    fields[15] = syscall_names(*machine);
    facts.row(std::move(fields), found.from.empty() ? Origin{} : Origin{found.from, 0, 0});
  }
}

Facts read(const Request& request) {
  Facts facts;
  const Root& root = request.root;
  if (!root.exists("/etc/audit") && !root.exists("/sbin/auditctl")) {
    facts.not_applicable = "there is neither /etc/audit nor /sbin/auditctl";
    return facts;
  }
  const Loader loader = find_loader(root, facts);
  if (!loader.program.empty())
    other(facts, "loader", loader.program, loader.loads ? "loads" : "does not load",
          loader.arguments, loader.origin);
  const FoundHost found = find_host(root);
  Names names{numbers(root, "/etc/passwd", facts), numbers(root, "/etc/group", facts)};
  if (found.fault.empty()) {
    names.host = found.host;
    abi_rows(facts, found);
  } else {
    names.knows_calls = false;
    facts.gap({ErrorCode::unsupported, found.fault, {found.from, 0, 0}}, {},
              Gap::Effect::may_override);
  }
  const std::vector<RuleLine> all = rule_lines(root, loader, facts);
  if (loader.program != "auditctl" && root.exists("/etc/audit/rules.d")) {
    const std::string_view state = generated_state(root, all);
    other(facts, "generated", {}, state, {}, {std::string(kFiles[1]), 0, 0});
  }
  RuleSet set(root, names);
  for (const RuleLine& line : all) set.take(line);
  set.finish(facts);
  // Of an option that is given twice the last one stands.
  std::map<std::string_view, const Control*> controls;
  for (const Control& one : set.controls())
    if (one.sent) controls[one.option] = &one;
  for (const auto& [option, one] : controls)
    other(facts, "control", option, one->value, {}, one->origin);
  for (const Fault& one : set.faults()) other(facts, "error", {}, one.text, one.why, one.origin);
  for (const Loaded& rule : set.rules()) {
    if (facts.rows.size() > kMaxRows) {
      facts.gap({ErrorCode::limit, fmt::format("more than {} rows", kMaxRows), rule.origin});
      break;
    }
    rule_rows(facts, rule);
  }
  return facts;
}

}  // namespace

extern const Probe audit_rules_probe{
    .name = "audit-rules",
    .group = "os",
    .summary = "what the kernel audits, as augenrules and auditctl load it at boot",
    .semantics = "augenrules(8), auditctl(8), audit.rules(7)",
    .shape = Shape::rows,
    .fields = kFields,
    .read = read,
    .files = kFiles,
};

}  // namespace plimsoll
