#pragma once

#include "plugins/container/dockerfile/expand.h"
#include "plugins/container/dockerfile/row.h"

namespace plimsoll::dockerfile {

/// The columns that describe the base image of a stage. `reference` is the argument of FROM,
/// variables replaced; `written` the same before that.
void describe_image(const Expanded& reference, Row& row);

/// The path from which a variable that nothing gives a value is told in a report.
std::string no_value(std::string_view text);

/// Whether RUN in an image of that name is for cmd or PowerShell.
bool is_windows_image(std::string_view reference);

}  // namespace plimsoll::dockerfile
