#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/origin.h"
#include "scanner/base/result.h"
#include "scanner/root/root.h"

namespace plimsoll::kube {

/// One word of a command line, or the value of an environment variable, and where it is written.
struct Argument {
  std::string text;
  Origin origin;
  bool open = false;  ///< holds something whose value nobody can tell; it stands as written
};

/// One way in which a program is started: a container, or a systemd unit.
struct Launch {
  std::string scope;  ///< of its facts
  Origin origin;      ///< the container, or the command of the unit
  std::vector<Argument> arguments;
  std::map<std::string, Argument, std::less<>> environment;
  std::string version;                   ///< of the image or the path: `1.23.1`; empty: not known
  std::vector<std::string> config_maps;  ///< those that its pod mounts
  std::vector<std::string_view> open_keys;  ///< not known unless the arguments say them
  std::vector<Error> doubts;                ///< what may add to its arguments and is not known
};

struct Launches {
  std::vector<Launch> found;
  std::vector<Error> errors;  ///< what could not be read and may start it, or add to its flags
};

/// What a node starts: static pods by the name of their file, the unit of that name, k3s or RKE2.
/// The first has the main scope, the others that of their file.
Launches find_launches(const Root& root, std::string_view program);

/// `1.23.1` where the text is a version as releases of Kubernetes are named (`v1.23.1`,
/// `v1.32.11-rke2r1`); else empty.
std::string release_of(std::string_view text);

}  // namespace plimsoll::kube
