#pragma once

#include "scanner/probe/probe.h"

namespace plimsoll::bind {

/// Names under which configurations of BIND lie in source trees. Cheap: asked for every file.
bool is_named_so(std::string_view path);
/// Whether a file of such a name is one: it begins with statements that named knows.
bool looks_so(const Document& document);

}  // namespace plimsoll::bind
