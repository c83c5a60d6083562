#pragma once

#include <vector>

#include "scanner/base/fact.h"
#include "scanner/root/root.h"

namespace plimsoll::mysql {

/// Who may read what the server keeps: option files, the private key, the directory of the data.
/// `facts` has the variables.
void write_modes(const Root& root, const std::vector<Origin>& option_files, Facts& facts);

}  // namespace plimsoll::mysql
