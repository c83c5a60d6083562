#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll {

/// A waiver that stands in a comment of the document it is about:
/// `# plimsoll: waive RULE until=2027-01-31 reason="the base image needs it"`.
///
/// On a line of its own it covers the statement below: the next line that is no comment, and what
/// is indented deeper or continued by a backslash. Behind something it covers that statement.
/// `waive-file` covers the whole file.
struct InlineWaiver {
  std::string rule;   ///< id or glob
  std::string until;  ///< YYYY-MM-DD; the last day on which it holds
  std::string reason;
  std::uint32_t line = 0;             ///< of the comment, from 1
  std::uint32_t first = 0, last = 0;  ///< the lines it covers
  bool is_used = false;
  std::string problem;  ///< why it waives nothing; empty when it is well formed
};

/// All of a document, in order; cheap where there is none.
std::vector<InlineWaiver> inline_waivers(std::string_view text);

}  // namespace plimsoll
