#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "scanner/formats/shell_command.h"

namespace plimsoll::shell {

/// What a command that starts another one makes of its arguments.
struct Wrapped {
  std::size_t first = 0;  ///< index of the word that is the inner command; 0: there is none
  std::optional<std::size_t> script;  ///< index of the word that is an inner script
};

/// The command or script that the arguments of `command` name: `env A=1 make`, `sudo -u x make`,
/// `sh -ec 'make'`, `xargs -n 1 make`.
Wrapped wrapped_command(const Command& command);

/// Whether a shell takes its program from standard input: no script and no file is named.
bool reads_program(const Command& command);

}  // namespace plimsoll::shell
