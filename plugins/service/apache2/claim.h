#pragma once

#include <string_view>

#include "scanner/probe/probe.h"

namespace plimsoll::apache2 {

/// A whole configuration by its name: what it leaves out has httpd's default.
bool is_main(std::string_view path);
bool is_named_so(std::string_view path);
bool looks_so(const Document& document);

}  // namespace plimsoll::apache2
