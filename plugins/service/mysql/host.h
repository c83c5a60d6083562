#pragma once

#include <string>
#include <vector>

#include "plugins/service/mysql/option_file.h"
#include "scanner/base/fact.h"

namespace plimsoll::mysql {

/// What a host says about its server beside the option files.
struct Host {
  bool is_mysql = false;            ///< MySQL, not MariaDB, by its package
  bool has_packages = false;        ///< there is a database of packages
  bool has_server = false;          ///< a package or a program of a server
  std::vector<std::string> files;   ///< option files in reading order
  std::string group_suffix;         ///< of groups that are read as well
  std::vector<Argument> arguments;  ///< of the command line
};

Host read_host(const Root& root, Facts& facts);

}  // namespace plimsoll::mysql
