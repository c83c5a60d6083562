#pragma once

#include <string>
#include <utility>
#include <vector>

#include "scanner/evaluate/outcome.h"

namespace plimsoll {

/// What a check came to. `not_applicable` is neutral: a composition of such parts is not applicable
/// itself, and otherwise they do not count.
enum class Truth : std::uint8_t { yes, no, unknown, not_applicable };

struct CheckResult {
  Truth truth = Truth::yes;
  std::vector<Finding> findings;  ///< why not; at most kMostFindings of them
  std::size_t found = 0;          ///< how many there were
  std::string reason;             ///< why unknown or not applicable
  std::vector<Finding> support;   ///< a few of the facts that made it true; only when asked for

  void add(Finding finding) {
    ++found;
    if (findings.size() < kMostFindings) findings.push_back(std::move(finding));
  }
  /// Takes over the findings of a part.
  void add_all(CheckResult& part) {
    found += part.found - part.findings.size();
    for (Finding& finding : part.findings) add(std::move(finding));
    for (Finding& finding : part.support) support.push_back(std::move(finding));
  }

  static constexpr std::size_t kMostFindings = 100;
};

}  // namespace plimsoll
