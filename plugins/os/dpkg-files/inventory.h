#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/formats/dpkg_files.h"

namespace plimsoll::dpkg_files {

/// One path that a package has put into the tree.
struct Listed {
  std::string path;      ///< where it lies: diversions are followed
  std::string_view sum;  ///< MD5, 32 digits as dpkg has them; empty: only that it is there is known
  std::string_view name;  ///< of the package
  bool is_conffile = false;
};

/// Everything that the installed packages say of their files.
struct Inventory {
  bool has_database = false;
  std::size_t packages = 0;
  std::vector<Listed> files;
  std::vector<Error> errors;  ///< what could not be read of the database

  // What the views above point into.
  DpkgStatus status;
  std::deque<std::string> texts;
};

Inventory read_inventory(const Root& root);

}  // namespace plimsoll::dpkg_files
