#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "plugins/container/docker-daemon/options.h"
#include "scanner/formats/data/data_tree.h"

namespace plimsoll::docker {

/// Puts a JSON value over what was decoded for an option before, as encoding/json does: null
/// changes nothing (and empties lists and maps), objects grow by their members, all else replaces.
/// Returns why Go refuses it, or nothing.
std::optional<std::string> decode(const Option& option, const DataNode& value,
                                  std::string_view path, Given& given);

}  // namespace plimsoll::docker
