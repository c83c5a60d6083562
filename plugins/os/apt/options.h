#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "plugins/os/apt/tree.h"
#include "scanner/root/root.h"

namespace plimsoll::apt {

inline constexpr std::string_view kNative = "amd64";  ///< architecture of the packages of apt

/// The defaults and all files, as every program of apt begins: apt.conf(5) has the directory first
/// and the main file last, wherever the directory's files say that it is. Returns the files read.
std::vector<std::string> read_options(const Root& root, Facts& facts, Tree& tree);

/// What apt takes for yes and no; anything else is the default.
bool to_bool(std::string_view text, bool otherwise);

}  // namespace plimsoll::apt
