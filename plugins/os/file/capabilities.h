#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::files {

/// What a `security.capability` attribute grants (capabilities(7), "File capabilities"): one
/// element a capability in the words of getcap(8), `cap_net_raw=ep`, in the order of their numbers.
/// A value that is none gives one element that says so.
std::vector<std::string> decode_capabilities(std::string_view attribute);

}  // namespace plimsoll::files
