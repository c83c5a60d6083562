#pragma once

#include <string>
#include <vector>

#include "scanner/root/root.h"

namespace plimsoll::dpkg_files {

/// Programs that no package brought.
struct Unpackaged {
  bool has_database = false;
  std::vector<std::string> paths;  ///< sorted
  std::vector<Error> errors;
};

/// Looks at the executable files below the directories that belong to the packages: /usr/bin,
/// /usr/sbin, /usr/lib and their like; /usr/local, /opt and homes are the administrator's.
Unpackaged find_unpackaged_programs(const Root& root, unsigned jobs);

}  // namespace plimsoll::dpkg_files
