#pragma once

#include "scanner/probe/probe.h"

namespace plimsoll::nginx {

/// Names under which configurations of nginx lie in source trees. Cheap: asked for every file.
bool is_named_so(std::string_view path);
/// Whether a file of such a name is one: it has a block and lines that nginx knows.
bool looks_so(const Document& document);

}  // namespace plimsoll::nginx
