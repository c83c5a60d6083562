#include "plugins/service/nginx/host.h"

#include "scanner/base/text.h"
#include "scanner/formats/shell_command.h"
#include "scanner/formats/systemd/effective.h"

namespace plimsoll::nginx {
namespace {

/// nginx(8): `-c FILE`, `-p PREFIX`, `-g DIRECTIVES`, the argument in the same word or the next.
struct Flags {
  std::string file, prefix, global;
};

Flags read_flags(const std::string& command) {
  Flags out;
  const shell::Script script = shell::parse(command);
  if (script.commands.empty()) return out;
  const auto& words = script.commands.front().words;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::string& word = words[i].text;
    if (word.size() < 2 || word[0] != '-') continue;
    std::string* to = word[1] == 'c'   ? &out.file
                      : word[1] == 'p' ? &out.prefix
                      : word[1] == 'g' ? &out.global
                                       : nullptr;
    if (to == nullptr) continue;
    *to = word.size() > 2 ? word.substr(2) : i + 1 < words.size() ? words[++i].text : "";
  }
  return out;
}

}  // namespace

Source host_source(const Root& root, Facts& facts) {
  Source out;
  out.path = "/etc/nginx/nginx.conf";
  const systemd::UnitIndex index(root);
  const auto unit = index.find("nginx.service");
  if (unit && !unit->masked) {
    const systemd::LoadedUnit loaded = systemd::load_unit(root, index, *unit);
    for (const Error& error : loaded.errors) facts.gap(error);
    if (const systemd::Setting* start = loaded.find("Service", "ExecStart")) {
      const Flags flags = read_flags(start->assignment.value);
      const std::string prefix = flags.prefix.empty() ? "/usr/share/nginx" : flags.prefix;
      if (!flags.file.empty()) out.path = join_path(prefix, flags.file);
      out.global = flags.global;
      out.global_at = start->assignment.origin;
    }
  }
  out.prefix = std::string(parent_path(out.path));
  return out;
}

}  // namespace plimsoll::nginx
