#pragma once

#include "scanner/probe/probe.h"

namespace plimsoll::postgres {

/// Files `*.conf` that are called after the program, or lie in a directory that is.
bool is_named_so(std::string_view path);
/// The name is the well-known one, or a line sets something that only PostgreSQL has.
bool looks_so(const Document& document);

}  // namespace plimsoll::postgres
