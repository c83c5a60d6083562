#include "plugins/service/nginx/host.h"

#include "scanner/formats/systemd/effective.h"
#include "scanner/formats/systemd/exec_command.h"

namespace plimsoll::nginx {
namespace {

/// nginx(8): `-c FILE`, `-p PREFIX`, `-g DIRECTIVES`, the argument in the same word or the next.
struct Flags {
  std::string file, prefix, global;
};

Flags read_flags(const std::vector<systemd::ExecText>& words) {
  Flags out;
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

/// What starts the service; nothing where there is no such unit.
std::optional<systemd::ExecCommand> command_of(const Root& root, Facts& facts) {
  constexpr std::string_view kUnit = "nginx.service";
  if (!systemd::has_unit_file(root, kUnit)) return std::nullopt;
  const systemd::UnitIndex index(root);
  const auto unit = index.find(kUnit);
  if (!unit || unit->masked) return std::nullopt;
  const systemd::LoadedUnit loaded = systemd::load_unit(root, index, *unit);
  for (const Error& error : loaded.errors) facts.gap(error);
  auto command = systemd::exec_start(root, loaded, std::string(kUnit));
  if (command)
    for (const Error& error : command->errors) facts.gap(error);
  return command;
}

}  // namespace

Source host_source(const Root& root, Facts& facts) {
  Source out;
  out.path = "/etc/nginx/nginx.conf";
  if (const auto command = command_of(root, facts)) {
    const Flags flags = read_flags(command->words);
    const std::string prefix = flags.prefix.empty() ? "/usr/share/nginx" : flags.prefix;
    if (!flags.file.empty()) out.path = join_path(prefix, flags.file);
    out.global = flags.global;
    out.global_at = command->words.front().origin;
  }
  out.prefix = std::string(parent_path(out.path));
  return out;
}

}  // namespace plimsoll::nginx
