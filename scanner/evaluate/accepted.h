#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "scanner/base/result.h"
#include "scanner/evaluate/outcome.h"

namespace plimsoll {

/// Drift that is known: one line a finding, `FINGERPRINT RULE FILE`, sorted, so that two branches
/// merge; `#` begins a comment.
struct Accepted {
  std::string file;                                      ///< where it was read from
  std::unordered_map<std::string, std::string> rule_of;  ///< by fingerprint
};

/// Fails with `invalid` on a line that is none.
Result<Accepted> read_accepted(std::string_view text, const std::string& file);
/// All drift of a scan in that form.
std::string accepted_text(const ScanResult& scan);

/// Takes the known findings out of drift; a rule of which nothing else drifts becomes `waived`.
/// What is accepted of a rule that was judged, and no longer there, is among the notices.
void apply_accepted(const Accepted& accepted, std::vector<Outcome>& outcomes,
                    std::vector<std::string>& notices);

}  // namespace plimsoll
