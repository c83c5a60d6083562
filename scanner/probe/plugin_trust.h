#pragma once

#include <string>

#include "scanner/base/result.h"

namespace plimsoll {

/// The real path of a file that only root and the running user can change: every part of it belongs
/// to one of them and is not writable by group or others. A directory on the way may be writable by
/// all when it is sticky, as /tmp is: there nobody can replace what is not theirs. The directory
/// that holds the file may not.
Result<std::string> trusted_path(const std::string& path);

}  // namespace plimsoll
