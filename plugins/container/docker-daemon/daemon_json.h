#pragma once

#include <string_view>
#include <vector>

#include "plugins/container/docker-daemon/options.h"
#include "scanner/base/result.h"

namespace plimsoll::docker {

/// What daemon.json says.
struct DaemonJson {
  Values values;
  /// Names that dockerd accepts without an error and does not read: `insecure-registry`.
  std::vector<Item> ignored;
  std::vector<Error> refusals;  ///< why dockerd does not start with it
};

/// daemon/config/config.go decodes the file twice: into a map, whose names must be known exactly
/// and must not be flags that are set, and into a structure, whose names match in any case.
/// `flags`: what the command line says, by option.
DaemonJson read_daemon_json(std::string_view text, std::string_view path, const Values& flags,
                            int version);

}  // namespace plimsoll::docker
