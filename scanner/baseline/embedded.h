#pragma once

#include <string_view>

namespace plimsoll {

/// The shipped baselines, packed when the program was built (see Library). Defined in the library
/// plimsoll_baselines, which is made after the core.
std::string_view embedded_baselines();

}  // namespace plimsoll
