#pragma once

#include <string_view>
#include <vector>

#include "plugins/container/kube-flags/launch.h"

namespace plimsoll::kube {

/// What a command hands to a program.
struct Command {
  std::vector<Argument> arguments;
  std::string path;  ///< the program, as it is named
};

/// The commands by which `words` start `program`: the command itself, `hyperkube PROGRAM`, a
/// program that starts another (`go-runner`, `tini --`), or a script for a shell, which may have
/// several. None where it starts something else.
std::vector<Command> commands_of(std::vector<Argument> words, std::string_view program,
                                 const std::map<std::string, Argument, std::less<>>& environment);

}  // namespace plimsoll::kube
