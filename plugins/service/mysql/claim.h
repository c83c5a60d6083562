#pragma once

#include "scanner/probe/probe.h"

namespace plimsoll::mysql {

/// Option files end in `.cnf`.
bool is_named_so(std::string_view path);
/// The name is one of the well-known ones, or there is a group that a server reads.
bool looks_so(const Document& document);
/// Whether a server of some version reads the group; in lower case.
bool is_server_group(std::string_view group);

}  // namespace plimsoll::mysql
