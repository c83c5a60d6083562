#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::nginx {

/// Marks in a witness: the anchors, a byte that could be a slash, and one of many others.
inline constexpr char kStart = '\x02', kEnd = '\x03', kMaybeSlash = '\x04', kMany = '\x05';

/// Texts that an expression matches: each alternative, with and without what is optional. Empty
/// when the expression is not understood; no more than a few dozen.
std::vector<std::string> witnesses(std::string_view expression);

}  // namespace plimsoll::nginx
