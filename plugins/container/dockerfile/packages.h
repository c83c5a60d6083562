#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "plugins/container/dockerfile/arguments.h"

namespace plimsoll::dockerfile {

/// A package that a command installs.
struct Package {
  std::string name, version;
  bool pinned = false;
  bool server = false;  ///< an SSH server
};

/// What a command does with a package manager.
struct PackageAction {
  std::string_view manager;  ///< apt, apk, dnf, yum, zypper, pip, npm, yarn, gem, go; empty: none
  bool installs = false;     ///< brings packages in, the whole system's included
  bool updates_index = false;
  bool cleans = false;
  std::vector<Package> packages;
  std::vector<std::string> traits;
};

/// What the command is to its package manager, as that program's manual has it.
PackageAction read_package_action(const shell::Command& command);

}  // namespace plimsoll::dockerfile
