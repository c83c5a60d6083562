#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/os/ssh/keywords.h"
#include "scanner/base/result.h"
#include "scanner/formats/openssh/host_files.h"

namespace plimsoll::ssh {

/// What one line gives, in the spelling of `ssh -G`: one value, or each element of those that add
/// up. None: the line changes nothing. Fails with `invalid` where ssh refuses the line.
Result<std::vector<std::string>> read_values(const Keyword& keyword,
                                             const std::vector<std::string>& words,
                                             std::string_view rest, openssh::HostFiles& host);

}  // namespace plimsoll::ssh
