#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scanner/base/origin.h"

namespace plimsoll::logrotate {

/// `create` and `su`: a part that a line leaves out stays as it was.
struct Ownership {
  bool is_on = false;
  std::string mode, owner, group;
};

/// What is in force for a log, or for all that come later.
struct Settings {
  std::string frequency = "size";  ///< hourly daily weekly monthly yearly size
  Origin frequency_at;             ///< a default when no line says it
  std::int64_t rotate = 0;         ///< old versions that are kept; -1: all
  std::int64_t size = 1 << 20;     ///< counts when the frequency is `size`
  std::int64_t minsize = 0, maxsize = 0, minage = 0, maxage = 0;  ///< 0: none
  bool ifempty = true, missingok = false, compress = false, copytruncate = false, shred = false;
  Ownership create, su;
  std::optional<std::string> olddir, mail;
  bool create_olddir = false;
};

/// One definition of logs, an include, the end of the main file, or a mistake.
struct Entry {
  std::string kind;  ///< log include end error
  std::vector<std::string> names;
  Settings settings;
  std::string error;
  Origin at;
};

}  // namespace plimsoll::logrotate
