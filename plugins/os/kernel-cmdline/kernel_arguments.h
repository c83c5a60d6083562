#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/fact.h"

namespace plimsoll {

/// One argument for the kernel; dashes in the name are underscores, as the kernel compares them.
struct KernelArgument {
  std::string name;
  std::string value;  ///< empty also where there is no `=`
  Origin origin;
};

/// What one boot entry, file or running kernel hands to the kernel.
struct BootEntry {
  std::string scope;
  Origin origin;
  std::vector<KernelArgument> arguments;  ///< in order, repeated names and all
};

/// Cuts a command line as the kernel does: at blanks outside double quotes, up to `--`.
void parse_command_line(std::string_view text, const Origin& origin,
                        std::vector<KernelArgument>& out);

}  // namespace plimsoll
