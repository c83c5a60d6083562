#pragma once

#include <optional>
#include <string>

#include "plugins/service/bind/configuration.h"
#include "scanner/base/fact.h"

namespace plimsoll::bind {

/// What a host says about its name server beside the files.
struct Host {
  bool has_server = false;  ///< a package, a program or a unit
  Version version;
  std::string version_text;  ///< `9.18.49`; empty where no package tells
  std::string file;          ///< named.conf, inside of `chroot`
  std::string chroot;
  std::optional<std::string> user;  ///< that named runs as; nothing where nobody tells
  Origin user_origin, chroot_origin;
};

Host read_host(const Root& root, Facts& facts);
/// What the host says, and files that others may look into or change.
void write_host(const Root& root, const Host& host, const Configuration& configuration,
                Facts& facts);

}  // namespace plimsoll::bind
