#pragma once

#include <string>
#include <vector>

#include "plugins/os/kernel-cmdline/kernel_arguments.h"
#include "plugins/os/kernel-cmdline/shell_words.h"
#include "scanner/base/fact.h"
#include "scanner/root/root.h"

namespace plimsoll {

/// The menu entries of grub.cfg that boot a Linux kernel of this system; also the facts about
/// passwords that the menu asks for. `variables` is grubenv.
std::vector<BootEntry> read_grub_config(const Root& root, const ShellVariables& variables,
                                        Facts& facts);
/// The variables that GRUB keeps in its environment block.
ShellVariables read_grub_environment(const Root& root, Facts& facts);
/// Boot Loader Specification entries.
std::vector<BootEntry> read_loader_entries(const Root& root, const ShellVariables& variables,
                                           Facts& facts);
/// What update-grub will write next, from /etc/default/grub and /etc/default/grub.d.
std::vector<BootEntry> read_grub_defaults(const Root& root, Facts& facts);

}  // namespace plimsoll
