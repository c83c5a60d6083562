#include "plugins/container/kube-flags/unit_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "plugins/container/kube-flags/command.h"
#include "scanner/base/text.h"
#include "scanner/formats/systemd/effective.h"
#include "scanner/formats/systemd/exec_command.h"

namespace plimsoll::kube {
namespace {

Argument argument_of(systemd::ExecText text) {
  return {std::move(text.text), std::move(text.origin)};
}

/// `/opt/v1.23.1/kubelet`
std::string release_in(std::string_view path) {
  for (const std::string_view part : split(path, '/'))
    if (std::string release = release_of(part); !release.empty()) return release;
  return {};
}

}  // namespace

void add_unit(const Root& root, std::string_view unit_name, std::string_view program,
              Launches& launches) {
  if (!systemd::has_unit_file(root, unit_name)) return;
  const systemd::UnitIndex index(root);
  const std::string name(unit_name);
  const auto unit = index.find(name);
  if (!unit || unit->masked) return;
  systemd::LoadedUnit loaded = systemd::load_unit(root, index, *unit);
  for (Error& error : loaded.errors) launches.errors.push_back(std::move(error));
  if (loaded.refused) launches.errors.push_back(*loaded.refused);
  auto exec = systemd::exec_start(root, loaded, name);
  if (!exec) return;
  Launch launch;
  launch.origin = {unit->fragment, 0, 0};
  launch.doubts = std::move(exec->errors);
  for (auto& [variable, text] : exec->environment)
    launch.environment.emplace(variable, argument_of(std::move(text)));
  std::vector<Argument> words;
  for (systemd::ExecText& word : exec->words) words.push_back(argument_of(std::move(word)));
  const Origin origin = words.front().origin;
  auto commands = commands_of(std::move(words), program, launch.environment);
  for (Command& command : commands) {
    launch.version = release_in(command.path);
    launch.arguments = std::move(command.arguments);
    launches.found.push_back(launch);
  }
  if (commands.empty())
    launches.errors.push_back({ErrorCode::unsupported,
                               fmt::format("the unit starts {} by a program of its own, whose "
                                           "flags for it cannot be told",
                                           program),
                               origin});
}

}  // namespace plimsoll::kube
