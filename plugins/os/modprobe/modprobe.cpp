#include <array>
#include <set>

#include "plugins/os/modprobe/modprobe_config.h"
#include "scanner/base/text.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace {

constexpr std::array kFields = {
    Field{"blacklist", Type::text,
          "the module is not loaded through an alias; scope and value are the module"},
    Field{"install", Type::text, "scope module: the command that is run instead of loading it"},
    Field{"remove", Type::text, "scope module: the command that is run instead of removing it"},
    Field{"options", Type::text, "scope module: parameters, one row a line"},
    Field{"softdep", Type::text, "scope module: `pre: a post: b`, one row a line"},
    Field{"alias", Type::text, "scope alias: the module it stands for, one row a line"},
    Field{
        "@loadable", Type::text,
        "scope module, for modules that rules ask for: `no` when an install command keeps it out, "
        "`yes`, or `builtin`"},
};

constexpr std::array<std::string_view, 3> kFiles = {
    "/etc/modprobe.d/local.conf", "/run/modprobe.d/local.conf", "/lib/modprobe.d/b.conf"};

/// A command that is sure to load nothing. kmod hands it to a shell, so anything that a shell would
/// expand or chain is not judged; a comment ends it.
bool loads_nothing(const Root& root, std::string_view command) {
  if (const auto comment = command.find(" #"); comment != std::string_view::npos)
    command = command.substr(0, comment);
  if (command.find_first_of(";&|`$(){}<>\"'\\*?[~=") != std::string_view::npos) return false;
  const auto parts = words(command);
  if (parts.empty()) return true;
  const std::string_view program = parts.front();
  static constexpr std::array<std::string_view, 8> kIdle = {
      "/bin/true", "/bin/false", "/usr/bin/true", "/usr/bin/false", "true",
      "false",     ":",          "/dev/null"};
  if (std::find(kIdle.begin(), kIdle.end(), program) != kIdle.end()) return true;
  if (!program.starts_with('/')) return false;
  const auto stat = root.stat(program);
  return !stat && stat.error().code == ErrorCode::not_found;
}

/// The install command that kmod uses for a module: the first whose pattern matches.
const ModprobeLine* install_of(const std::vector<ModprobeLine>& lines, std::string_view module) {
  for (const ModprobeLine& line : lines)
    if (line.command == "install" && name_matches(line.name, module)) return &line;
  return nullptr;
}

/// Whether some installed kernel has the module inside itself, out of modprobe's reach.
const std::string* builtin_in(
    const std::vector<std::pair<std::string, std::set<std::string>>>& kernels,
    const std::string& module) {
  for (const auto& [file, modules] : kernels)
    if (modules.contains(module)) return &file;
  return nullptr;
}

std::vector<std::pair<std::string, std::set<std::string>>> builtin_modules(const Root& root,
                                                                           Facts& facts) {
  std::vector<std::pair<std::string, std::set<std::string>>> out;
  for (const std::string& file : root.glob("/lib/modules/*/modules.builtin").paths) {
    const auto text = root.read(file);
    if (!text) {
      facts.gap(text.error());
      continue;
    }
    std::set<std::string> modules;
    for (const Line& line : lines(*text)) {
      const std::string_view base = base_name(trim(line.text));
      std::string name(base.substr(0, base.find('.')));
      if (to_underscores(name) && !name.empty()) modules.insert(std::move(name));
    }
    out.emplace_back(file, std::move(modules));
  }
  return out;
}

/// The modules whose `@loadable` some rule asks for.
std::set<std::string> asked_for(const Request& request) {
  std::set<std::string> out;
  for (const Selection& selection : request.selections) {
    bool loadable = false;
    std::vector<std::string> modules;
    for (const Predicate& predicate : selection.where) {
      const Op op = predicate.matcher.op();
      if (op != Op::equals && op != Op::one_of) continue;
      for (const std::string& operand : predicate.matcher.operands()) {
        if (predicate.on == Predicate::On::key && operand == "@loadable") loadable = true;
        if (predicate.on == Predicate::On::scope) modules.push_back(operand);
      }
    }
    if (loadable) out.insert(modules.begin(), modules.end());
  }
  return out;
}

void add_loadable(const Request& request, const std::vector<ModprobeLine>& lines, Facts& facts) {
  const std::set<std::string> modules = asked_for(request);
  if (modules.empty()) return;
  const auto kernels = builtin_modules(request.root, facts);
  for (const std::string& module : modules) {
    const ModprobeLine* install = install_of(lines, module);
    const std::string* builtin = builtin_in(kernels, module);
    if (builtin != nullptr) {
      facts.setting("@loadable", "builtin", {*builtin, 0, 0}, module);
    } else if (install != nullptr) {
      const bool idle = loads_nothing(request.root, install->value);
      facts.setting("@loadable", idle ? "no" : "yes", install->origin, module);
    } else {
      facts.setting("@loadable", "yes", {}, module);
    }
  }
}

Facts read_modprobe(const Request& request) {
  Facts facts;
  const std::vector<ModprobeLine> lines = read_modprobe_lines(request.root, facts);
  std::map<std::pair<std::string_view, std::string_view>, std::size_t> first;
  for (const ModprobeLine& line : lines) {
    const bool single = line.command == "install" || line.command == "remove";
    if (single) {
      // kmod takes the first command that it has read for a module.
      const auto [place, is_new] = first.try_emplace({line.command, line.name}, facts.rows.size());
      if (!is_new) {
        Fact& winner = facts.rows[place->second];
        if (winner.shadowed.size() < 16)
          winner.shadowed.push_back(
              {line.value, line.origin, "the first command for a module stands"});
        continue;
      }
    }
    facts.setting(line.command, line.value, line.origin, line.name);
  }
  add_loadable(request, lines, facts);
  return facts;
}

}  // namespace

extern const Probe modprobe_probe;
const Probe modprobe_probe{
    .name = "modprobe",
    .group = "os",
    .summary = "how kernel modules are loaded: blacklists, commands, options",
    .semantics = "modprobe.d(5), modprobe(8)",
    .shape = Shape::settings,
    .fields = kFields,
    .read = read_modprobe,
    .files = kFiles,
};

}  // namespace plimsoll
