#pragma once

#include <string>

#include "scanner/root/root.h"

struct stat;

namespace plimsoll {

/// The error of a failed system call, by errno(3).
Error system_error(int number);
/// The type in a st_mode (inode(7)).
FileType type_of_mode(unsigned mode);
Stat to_stat(const struct ::stat& raw);
/// `/proc/self/fd/N`: a name for exactly the inode behind a descriptor, also one opened with
/// O_PATH.
std::string descriptor_path(int fd);

}  // namespace plimsoll
