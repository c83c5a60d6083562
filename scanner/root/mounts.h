#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "scanner/root/root.h"

namespace plimsoll {

/// Whether the walk leaves out a file system, by its name in /proc/self/mountinfo.
bool is_foreign_file_system(std::string_view type);
/// The same by statfs(2)'s f_type, for roots without a mount table.
bool is_foreign_magic(std::uint64_t magic);

/// Mount point → whether its file system is walked; empty where the root has no mount table (it is
/// not the live host, or /proc is not there).
std::map<std::string, bool, std::less<>> mount_table(const Root& root);

}  // namespace plimsoll
