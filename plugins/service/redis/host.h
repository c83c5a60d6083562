#pragma once

#include <string>
#include <vector>

#include "plugins/service/redis/loader.h"
#include "scanner/base/fact.h"

namespace plimsoll::redis {

/// What a host says about its server beside the files.
struct Host {
  Version version = Version::v7;
  bool has_server = false;          ///< a package, a program or a unit
  bool is_sentinel = false;         ///< the unit starts something else
  std::string file;                 ///< the configuration; empty: the command line names none
  std::string directory = "/";      ///< where the server begins
  std::vector<OptionLine> options;  ///< of the command line
};

Host read_host(const Root& root, Facts& facts);

}  // namespace plimsoll::redis
