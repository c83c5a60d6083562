#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/fact.h"
#include "scanner/root/root.h"

namespace plimsoll {

/// One directive of modprobe.d as kmod keeps it, in reading order.
struct ModprobeLine {
  std::string command;  ///< alias blacklist options install remove softdep
  std::string name;     ///< module or alias, dashes as underscores
  std::string value;    ///< the rest; for blacklist the module again
  Origin origin;
};

/// All directives that take effect, and gaps for what could not be read.
std::vector<ModprobeLine> read_modprobe_lines(const Root& root, Facts& facts);

/// A module name with underscores for dashes, but not inside `[...]`. False when a bracket stands
/// alone, which kmod takes for a syntax error.
bool to_underscores(std::string& name);

}  // namespace plimsoll
