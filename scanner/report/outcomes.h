#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/evaluate/outcome.h"

namespace plimsoll {

using Outcomes = std::vector<const Outcome*>;

/// What a rule is about: the part of its id before the first dot.
std::string_view component_of(std::string_view rule_id);

/// The outcomes of one verdict: the worst first, then by component and id.
Outcomes with_verdict(const ScanResult& scan, Verdict verdict);

/// The same reason once, with the rules it stands for; in the order of the first rule.
struct SameReason {
  std::string reason;
  Outcomes outcomes;
};
std::vector<SameReason> by_reason(const Outcomes& outcomes);

/// Where people would look: the finding's own place, or the main file of the probe when a default
/// stands and the scan read that file; empty when nothing is known.
Origin place_to_edit(const ScanResult& scan, const Outcome& outcome, const Finding& finding);

/// The message of a finding, with what was wanted unless it says so itself.
std::string seen_and_wanted(const Finding& finding);

/// A path inside the root as a person in the current directory would write it, for a source tree
/// that was named by a relative path; of all other roots the path as it is.
std::string path_from_here(const ScanResult& scan, std::string_view path);

/// `file:line:column` as far as known; `fallback` for a built-in default.
std::string place_text(const Origin& origin, std::string_view fallback);

}  // namespace plimsoll
