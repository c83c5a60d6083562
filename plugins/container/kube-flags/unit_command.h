#pragma once

#include <string_view>

#include "plugins/container/kube-flags/launch.h"

namespace plimsoll::kube {

/// The command by which a unit starts the program, with its drop-ins, and the variables of
/// Environment= and EnvironmentFile= filled in (systemd.service(5), "Command lines").
void add_unit(const Root& root, std::string_view name, std::string_view program,
              Launches& launches);

}  // namespace plimsoll::kube
