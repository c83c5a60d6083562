#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "plugins/container/dockerfile/packages.h"
#include "scanner/formats/shell_command.h"

namespace plimsoll::dockerfile {

/// What the instruction around a script says that its commands do not.
struct RunContext {
  std::vector<std::string> caches;  ///< targets of cache and tmpfs mounts
  bool secret_mount = false;
  bool pipefail = false;       ///< SHELL sets it
  bool pip_cache_off = false;  ///< PIP_NO_CACHE_DIR is in the environment
  /// A command that runs in the container, not while building: only what it starts matters.
  bool at_run_time = false;
};

/// What is worth knowing of one command: `traits` are those of the page README.md.
struct CommandFacts {
  std::vector<std::string> traits;
  PackageAction action;
};

/// Of each command of the script, in order.
std::vector<CommandFacts> describe(const shell::Script& script, const RunContext& context);

/// A mode of chmod(1), octal or symbolic, and what it allows.
struct ModeTraits {
  bool set_id = false;
  bool world_writable = false;  ///< without the sticky bit
};
ModeTraits read_mode(std::string_view mode);

}  // namespace plimsoll::dockerfile
