#pragma once

#include <string>
#include <vector>

#include "plugins/container/containerd/value.h"
#include "scanner/base/result.h"
#include "scanner/root/root.h"

namespace plimsoll::containerd {

/// config.toml with all that it imports.
struct Config {
  Value top;                       ///< one table, names of well-known options in lower case
  int version = 1;                 ///< of the format, not of the program
  std::vector<std::string> files;  ///< in the order of reading
  std::vector<Value> ignored;      ///< names that containerd passes over, as texts
  std::vector<Error> errors;       ///< what could not be read, and why containerd does not start
};

/// `major`: of the program. It decides how plug-ins are merged and where relative patterns begin.
Config load_config(const Root& root, const std::string& path, bool must_exist, int major);

/// The name that a plug-in has from version 2 of the format on: `cri` →
/// `io.containerd.grpc.v1.cri`.
std::string plugin_uri(const std::string& name);

}  // namespace plimsoll::containerd
