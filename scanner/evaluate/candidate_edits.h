#pragma once

#include <string_view>
#include <vector>

#include "scanner/base/line_edit.h"
#include "scanner/evaluate/evaluate.h"

namespace plimsoll {

/// Edits of a finding's file that may mend it: what the rule itself proposes, then the wanted value
/// in place of the one that is there. The likeliest first; few. Whether one helps is for EditTrial
/// to find out.
std::vector<LineEdit> candidate_edits(const CompiledRule& rule, const Finding& finding,
                                      std::string_view text);

}  // namespace plimsoll
