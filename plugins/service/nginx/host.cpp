#include "plugins/service/nginx/host.h"

#include <array>

#include "scanner/formats/systemd/unit_command.h"

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

constexpr std::array<std::string_view, 1> kUnits = {"nginx.service"};

}  // namespace

Source host_source(const Root& root, Facts& facts) {
  Source out;
  out.path = "/etc/nginx/nginx.conf";
  if (const auto started = systemd::unit_command(root, kUnits, facts)) {
    const auto& command = started->command;
    const Flags flags = read_flags(command.words);
    const std::string prefix = flags.prefix.empty() ? "/usr/share/nginx" : flags.prefix;
    if (!flags.file.empty()) out.path = join_path(prefix, flags.file);
    out.global = flags.global;
    out.global_at = command.words.front().origin;
  }
  out.prefix = std::string(parent_path(out.path));
  return out;
}

}  // namespace plimsoll::nginx
