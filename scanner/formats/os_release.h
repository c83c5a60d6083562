#pragma once

#include <map>
#include <string>

#include "scanner/root/root.h"

namespace plimsoll {

/// The assignments of os-release(5), names in lower case, the last one of each with its place.
using OsRelease = std::map<std::string, std::pair<std::string, Origin>, std::less<>>;

/// From /etc/os-release or, where that is not there, /usr/lib/os-release. Fails with `not_found`
/// when neither is there, and with the reason when the first of them cannot be read.
Result<OsRelease> read_os_release(const Root& root);

}  // namespace plimsoll
