#pragma once

#include "scanner/probe/probe.h"

namespace plimsoll::samba {

/// `smb.conf`, and files `*.conf` that are called after Samba or lie in a directory that is.
bool is_named_so(std::string_view path);
/// Most lines that set something set a parameter of Samba.
bool looks_so(const Document& document);

}  // namespace plimsoll::samba
