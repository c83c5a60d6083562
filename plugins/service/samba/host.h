#pragma once

#include <string>

#include "plugins/service/samba/configuration.h"
#include "scanner/base/fact.h"
#include "scanner/root/root.h"

namespace plimsoll::samba {

/// What a host says of its server.
struct Host {
  enum class Server { yes, no, unknown };
  Server server = Server::unknown;  ///< smbd is installed; unknown where no database of packages is
  Surroundings surroundings;
  bool is_older = false;          ///< than 4.17: what a file sets may be no parameter
  bool is_other_version = false;  ///< not one whose defaults are known
  std::string file = "/etc/samba/smb.conf";
};

/// Packages, the name of the host, and the options that smbd.service starts the server with. What
/// it could not read becomes a gap.
Host read_host(const Root& root, Facts& facts);
/// Of source trees: Debian 12, and no name.
Surroundings unknown_surroundings();

}  // namespace plimsoll::samba
