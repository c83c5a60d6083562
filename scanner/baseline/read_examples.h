#pragma once

#include "scanner/baseline/load.h"

namespace plimsoll {

/// Reads `[[example]]` and `[[family-example]]` of a document into `loaded.examples`.
void read_examples(const TomlNode& document, Complaints& complaints, Loaded& loaded);

}  // namespace plimsoll
