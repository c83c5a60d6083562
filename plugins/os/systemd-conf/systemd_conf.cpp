#include <algorithm>
#include <map>

#include "scanner/base/text.h"
#include "scanner/formats/systemd/assembly.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace {

constexpr std::array kFields = {
    Field{"@file", Type::text, "files read, in reading order; scope: the program's file name"},
    Field{"storage", Type::text, "journald.conf [Journal]: where the journal is kept"},
    Field{"compress", Type::text, "journald.conf [Journal]: a boolean, or the size from which on"},
    Field{"forwardtosyslog", Type::text, "journald.conf [Journal]: hand messages to syslog"},
};

constexpr std::array<std::string_view, 3> kFiles = {"/etc/systemd/journald.conf",
                                                    "/etc/systemd/journald.conf.d/a.conf",
                                                    "/etc/systemd/logind.conf"};

struct Program {
  std::string_view file, section;
};
constexpr std::array kPrograms = {
    Program{"journald.conf", "Journal"},      Program{"logind.conf", "Login"},
    Program{"system.conf", "Manager"},        Program{"coredump.conf", "Coredump"},
    Program{"timesyncd.conf", "Time"},        Program{"resolved.conf", "Resolve"},
    Program{"journal-upload.conf", "Upload"},
};

// systemd.syntax(7): what is in an earlier one hides files of the same name in later ones.
constexpr std::array<std::string_view, 5> kDirectories = {
    "/etc/systemd", "/run/systemd", "/usr/local/lib/systemd", "/lib/systemd", "/usr/lib/systemd"};

struct Default {
  std::string_view file, key, value;
};
constexpr std::array kDefaults = {
    Default{"coredump.conf", "compress", "yes"},
    Default{"coredump.conf", "storage", "external"},
    Default{"journald.conf", "compress", "yes"},
    Default{"journald.conf", "forwardtoconsole", "no"},
    Default{"journald.conf", "forwardtokmsg", "no"},
    Default{"journald.conf", "forwardtosyslog", "yes"},
    Default{"journald.conf", "forwardtowall", "yes"},
    Default{"journald.conf", "seal", "yes"},
    Default{"journald.conf", "storage", "auto"},
    Default{"logind.conf", "idleaction", "ignore"},
    Default{"logind.conf", "killuserprocesses", "no"},
    Default{"logind.conf", "removeipc", "yes"},
    Default{"logind.conf", "stopidlesessionsec", "infinity"},
};

/// The main file, then all drop-ins in the order of their names.
std::vector<std::string> files_of(const Root& root, const Program& program, Facts& facts) {
  std::map<std::string, std::string> by_name;
  for (const std::string_view directory : kDirectories) {
    const std::string folder = join_path(directory, std::string(program.file) + ".d");
    const auto entries = root.list(folder);
    if (!entries) {
      const ErrorCode code = entries.error().code;
      if (code != ErrorCode::not_found && code != ErrorCode::wrong_type)
        facts.gap(entries.error(), std::string(program.file));
      continue;
    }
    for (const DirEntry& entry : *entries)
      if (entry.name.ends_with(".conf") && !entry.name.starts_with('.'))
        by_name.try_emplace(entry.name, join_path(folder, entry.name));
  }
  std::vector<std::string> files = {join_path("/etc/systemd", program.file)};
  for (auto& [name, path] : by_name) files.push_back(std::move(path));
  return files;
}

/// Reads one program's files. Drop-ins are read behind the main file, wherever they lie, so that
/// one of the vendor's beats /etc/systemd/journald.conf (journald.conf(5)). Broken syntax ends the
/// reading of all of them.
void read_program(const Root& root, const Program& program, Facts& facts) {
  const std::string scope(program.file);
  const std::array<std::string_view, 1> sections = {program.section};
  systemd::Assembly assembly({});
  for (const std::string& path : files_of(root, program, facts)) {
    const auto text = root.read(path);
    if (!text) {
      // A link to /dev/null hides its namesakes and holds nothing.
      const ErrorCode code = text.error().code;
      const auto target = root.readlink(path);
      if (target && *target == "/dev/null")
        facts.setting("@file", path, {path}, scope);
      else if (code != ErrorCode::not_found)
        facts.gap(text.error(), scope);
      continue;
    }
    facts.setting("@file", path, {path}, scope);
    const auto broken = systemd::parse_unit_file(
        *text, path, sections,
        [&](systemd::Assignment assignment) { return assembly.take(std::move(assignment)); });
    if (broken) break;
  }
  const std::string section = scope + " [" + std::string(program.section) + "]";
  for (systemd::Setting& setting : assembly.finish()) {
    Fact& fact = facts.setting(lower(setting.directive->key()), std::move(setting.assignment.value),
                               std::move(setting.assignment.origin), section);
    fact.shadowed = std::move(setting.shadowed);
  }
  for (const Default& known : kDefaults)
    if (known.file == program.file && facts.find(known.key, section) == nullptr)
      facts.setting(std::string(known.key), std::string(known.value), {}, section);
}

Facts read_systemd_conf(const Request& request) {
  Facts facts;
  const bool installed = std::any_of(kDirectories.begin(), kDirectories.end(), [&](auto directory) {
    return request.root.exists(directory);
  });
  if (!installed) {
    facts.not_applicable = "there is no directory of systemd's configuration";
    return facts;
  }
  for (const Program& program : kPrograms) read_program(request.root, program, facts);
  return facts;
}

}  // namespace

extern const Probe systemd_conf_probe;
const Probe systemd_conf_probe{
    .name = "systemd-conf",
    .group = "os",
    .summary =
        "configuration of journald, logind, the manager, coredump, timesyncd, resolved and "
        "journal-upload",
    .semantics =
        "journald.conf(5), logind.conf(5), systemd-system.conf(5), coredump.conf(5), "
        "timesyncd.conf(5), resolved.conf(5), journal-upload.conf(5)",
    .shape = Shape::settings,
    .fields = kFields,
    .read = read_systemd_conf,
    .files = kFiles,
};

}  // namespace plimsoll
