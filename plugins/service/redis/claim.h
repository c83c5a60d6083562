#pragma once

#include "scanner/probe/probe.h"

namespace plimsoll::redis {

/// Files `*.conf` that are called after the program, or lie in a directory that is; not those of
/// its sentinel.
bool is_named_so(std::string_view path);
/// Most lines that say something are ones that the server knows.
bool looks_so(const Document& document);

}  // namespace plimsoll::redis
