#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll {

/// The candidate that somebody who typed `name` most likely meant, or empty when none is close:
/// edit distance (a swap of neighbours counts once) of at most a third of the longer name, or one
/// name being the start of the other. Ties go to the earlier candidate.
std::string nearest_name(std::string_view name, std::span<const std::string_view> candidates);
std::string nearest_name(std::string_view name, std::span<const std::string> candidates);

}  // namespace plimsoll
