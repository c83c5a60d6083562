#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "plugins/os/kernel-cmdline/boot_entries.h"
#include "scanner/base/text.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace {

constexpr std::array kFields = {
    Field{"audit", Type::integer, "1: processes are audited from the start of the kernel on"},
    Field{"audit_backlog_limit", Type::integer, "records that wait for the audit daemon"},
    Field{"apparmor", Type::integer, "1: AppArmor is on"},
    Field{"security", Type::text, "the security module that is chosen"},
    Field{"@superusers", Type::text, "who may edit entries of GRUB's menu, in the scope \"\""},
    Field{"@password", Type::text, "scope: user of GRUB's menu; `pbkdf2` or `plain`"},
};

constexpr std::array<std::string_view, 4> kFiles = {"/boot/grub/grub.cfg", "/etc/default/grub",
                                                    "/boot/loader/entries/a.conf",
                                                    "/etc/kernel/cmdline"};

/// A file that holds one command line.
void add_file(const Root& root, std::string_view file, std::string_view scope,
              std::vector<BootEntry>& entries, Facts& facts) {
  const auto text = root.read(file);
  if (!text) {
    if (text.error().code != ErrorCode::not_found) facts.gap(text.error(), std::string(scope));
    return;
  }
  BootEntry entry{std::string(scope), {std::string(file), 1, 1}, {}};
  for (const Line& line : lines(*text))
    parse_command_line(line.text, {std::string(file), line.number, 1}, entry.arguments);
  entries.push_back(std::move(entry));
}

/// Two entries may have one title; each needs a scope of its own, or one could hide the other.
void make_unique(std::vector<BootEntry>& entries) {
  std::map<std::string, int> seen;
  for (BootEntry& entry : entries)
    if (const int count = ++seen[entry.scope]; count > 1) entry.scope += fmt::format(" #{}", count);
}

/// kernel-parameters: an argument that is given again mostly overrides the earlier one.
std::vector<Fact> settings_of(const BootEntry& entry) {
  std::vector<Fact> out;
  std::map<std::string_view, std::size_t> place;
  for (const KernelArgument& argument : entry.arguments) {
    const auto [found, is_new] = place.try_emplace(argument.name, out.size());
    if (is_new) {
      out.emplace_back();
      out.back().scope = entry.scope;
      out.back().key = argument.name;
    } else {
      Fact& fact = out[found->second];
      if (fact.shadowed.size() < 16)
        fact.shadowed.push_back(
            {fact.value, fact.origin, "a later argument of that name overrides it"});
    }
    Fact& fact = out[found->second];
    fact.value = argument.value;
    fact.origin = argument.origin;
  }
  return out;
}

/// The scope "": what every entry has. An argument that one of them lacks is not there.
void add_common(const std::vector<BootEntry>& entries, Facts& facts) {
  std::map<std::string, std::pair<std::size_t, Fact>> common;
  for (std::size_t i = 0; i < entries.size(); ++i)
    for (Fact& fact : settings_of(entries[i])) {
      if (i == 0)
        common.emplace(fact.key, std::pair{std::size_t{1}, fact});
      else if (const auto found = common.find(fact.key); found != common.end())
        ++found->second.first;
    }
  for (auto& [key, found] : common)
    if (found.first == entries.size()) facts.setting(key, found.second.value, found.second.origin);
}

Facts read_kernel_cmdline(const Request& request) {
  Facts facts;
  const ShellVariables environment = read_grub_environment(request.root, facts);
  std::vector<BootEntry> entries = read_grub_config(request.root, environment, facts);
  const auto add_all = [&](std::vector<BootEntry> more) {
    std::move(more.begin(), more.end(), std::back_inserter(entries));
  };
  add_all(read_loader_entries(request.root, environment, facts));
  add_all(read_grub_defaults(request.root, facts));
  add_file(request.root, "/etc/kernel/cmdline", "/etc/kernel/cmdline", entries, facts);
  if (entries.empty() && facts.gaps.empty()) {
    facts.not_applicable = "there is no boot loader configuration";
    return facts;
  }
  if (request.root.is_live()) add_file(request.root, "/proc/cmdline", "running", entries, facts);
  make_unique(entries);
  if (facts.gaps.empty()) add_common(entries, facts);
  for (const BootEntry& entry : entries)
    for (Fact& fact : settings_of(entry)) facts.rows.push_back(std::move(fact));
  return facts;
}

}  // namespace

extern const Probe kernel_cmdline_probe;
const Probe kernel_cmdline_probe{
    .name = "kernel-cmdline",
    .group = "os",
    .summary = "arguments that the boot loader hands to the kernel",
    .semantics = "kernel-command-line(7), grub-mkconfig(8), Boot Loader Specification",
    .shape = Shape::settings,
    .fields = kFields,
    .read = read_kernel_cmdline,
    .files = kFiles,
};

}  // namespace plimsoll
