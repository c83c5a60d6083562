#include <array>

#include "plugins/os/kernel-cmdline/boot_entries.h"
#include "scanner/base/text.h"

namespace plimsoll {
namespace {

constexpr std::string_view kMain = "/etc/default/grub";

struct Defaults {
  ShellVariables variables;
  std::map<std::string, Origin, std::less<>> origins;
};

bool matters(std::string_view name) {
  return name.starts_with("GRUB_CMDLINE_LINUX") || name == "GRUB_DISABLE_RECOVERY";
}

/// sh(1): a command of assignments alone sets variables; `export` in front changes nothing.
void assign(std::vector<ShellWord>& command, const std::string& file, Defaults& defaults,
            Facts& facts) {
  if (command.front().text == "export") command.erase(command.begin());
  for (const ShellWord& word : command)
    if (word.equals == std::string::npos) return;
  for (const ShellWord& word : command) {
    const std::string name = word.text.substr(0, word.equals);
    const Origin origin{file, word.line, 1};
    if (word.computed && matters(name))
      facts.gap({ErrorCode::unsupported, "`" + name + "` is the output of a command", origin},
                "update-grub");
    defaults.variables.insert_or_assign(name, word.text.substr(word.equals + 1));
    defaults.origins.insert_or_assign(name, origin);
  }
}

bool read_file(const Root& root, const std::string& file, Defaults& defaults, Facts& facts) {
  const auto text = root.read(file);
  if (!text) {
    const bool missing = text.error().code == ErrorCode::not_found;
    if (!missing) facts.gap(text.error(), "update-grub");
    return !missing;
  }
  ShellReader reader(*text, defaults.variables);
  std::vector<ShellWord> command;
  while (reader.next(command)) assign(command, file, defaults, facts);
  if (reader.gave_up())
    facts.gap({ErrorCode::limit, "variables grow past 4 MiB", {file, 0, 0}}, "update-grub");
  return true;
}

void append(const Defaults& defaults, std::string_view name, BootEntry& entry) {
  const auto value = defaults.variables.find(name);
  if (value == defaults.variables.end()) return;
  const auto origin = defaults.origins.find(name);
  parse_command_line(
      value->second,
      origin == defaults.origins.end() ? Origin{std::string(kMain), 0, 0} : origin->second,
      entry.arguments);
}

}  // namespace

std::vector<BootEntry> read_grub_defaults(const Root& root, Facts& facts) {
  Defaults defaults;
  // grub-mkconfig(8): without a word on it, recovery entries boot into single user mode.
  defaults.variables = {{"GRUB_CMDLINE_LINUX_RECOVERY", "single"}};
  bool present = read_file(root, std::string(kMain), defaults, facts);
  for (const std::string& file : root.glob("/etc/default/grub.d/*.cfg").paths)
    present = read_file(root, file, defaults, facts) || present;
  if (!present) return {};

  const Origin where{std::string(kMain), 0, 0};
  std::vector<BootEntry> out;
  BootEntry& normal = out.emplace_back(BootEntry{"update-grub", where, {}});
  append(defaults, "GRUB_CMDLINE_LINUX", normal);
  append(defaults, "GRUB_CMDLINE_LINUX_DEFAULT", normal);
  const auto disabled = defaults.variables.find("GRUB_DISABLE_RECOVERY");
  if (disabled == defaults.variables.end() || disabled->second != "true") {
    BootEntry& recovery = out.emplace_back(BootEntry{"update-grub > recovery", where, {}});
    append(defaults, "GRUB_CMDLINE_LINUX_RECOVERY", recovery);
    append(defaults, "GRUB_CMDLINE_LINUX", recovery);
  }
  return out;
}

}  // namespace plimsoll
