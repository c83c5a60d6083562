#pragma once

#include <string>
#include <vector>

#include "scanner/baseline/model.h"

namespace plimsoll {

/// Id, version, date of review, number of rules and title of each, in columns.
std::string baseline_list_text(const std::vector<const Baseline*>& baselines, std::size_t width);
/// An array of objects with the heads, parameters and rule ids (or selections).
std::string baselines_json(const std::vector<const Baseline*>& baselines);
/// What changed from one to the other: `+` new, `-` gone, `~` changed and in what. Empty when
/// nothing did.
std::string baseline_diff_text(const Baseline& before, const Baseline& after);

}  // namespace plimsoll
