#pragma once

#include <string>
#include <vector>

#include "scanner/baseline/table_reader.h"

namespace plimsoll {

/// The value of a parameter: a text, an integer, a boolean or an array of such. `owner` complains.
std::vector<std::string> read_value(const TomlNode& node, const TableReader& owner);

}  // namespace plimsoll
