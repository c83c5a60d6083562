#pragma once

#include <string_view>

namespace plimsoll::apache2 {

/// The source file of the module of Debian's packages that knows this directive (`<directory` is
/// one), as `mod_ssl.c`; empty when none does.
std::string_view module_of(std::string_view directive);

}  // namespace plimsoll::apache2
