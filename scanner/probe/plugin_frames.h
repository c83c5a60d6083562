#pragma once

#include <cstdint>
#include <string_view>

#include "scanner/probe/plugin_schema.h"
#include "scanner/probe/plugin_wire.h"

namespace plimsoll {

/// The plimsoll_status that stands for an error code, and back.
std::uint32_t status_of_code(ErrorCode code);
ErrorCode code_of_status(std::uint32_t status);

/// The body of a hello frame.
Result<PluginSchema> schema_from_frame(std::string_view body);
/// The body of a frame that yields something; false when it cannot be taken
/// (FactCollector::problem says why).
bool take_frame(Frame kind, std::string_view body, FactCollector& facts);

}  // namespace plimsoll
