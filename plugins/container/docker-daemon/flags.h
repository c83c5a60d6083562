#pragma once

#include <span>
#include <string>
#include <vector>

#include "plugins/container/docker-daemon/options.h"
#include "scanner/base/result.h"
#include "scanner/formats/systemd/exec_command.h"

namespace plimsoll::docker {

/// The command line of dockerd.
struct Flags {
  Values values;
  std::string config_file = "/etc/docker/daemon.json";
  bool names_config_file = false;
  Origin config_file_origin;
  std::vector<Error> refusals;  ///< why dockerd does not start with it
};

/// `words` without the program, as pflag reads them: `--name=value`, `--name value`, `-Hvalue`;
/// lists grow, of all others the last one counts.
Flags parse_flags(std::span<const systemd::ExecText> words, int version);

}  // namespace plimsoll::docker
