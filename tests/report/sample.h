#pragma once

#include <deque>
#include <string>

#include "scanner/evaluate/outcome.h"

namespace plimsoll::testing {

/// A scan made by hand, with the rules and baselines it points to.
struct Sample {
  std::deque<Rule> rules;
  std::deque<Baseline> baselines;
  ScanResult scan;

  Sample();
  Baseline& baseline(std::string id);
  /// A rule of the newest baseline, and its outcome; counted.
  Outcome& outcome(std::string id, std::string title, Severity severity, Verdict verdict);
  /// Sorts the outcomes by rule id and counts them: what an evaluation promises.
  const ScanResult& done();
};

/// A bit of everything: settings with a line, defaults, rows, many places, shadowed lines, an
/// expired waiver, unknowns, waived and idle rules.
const ScanResult& everyday_scan();
/// Names and values that try to take over a terminal, a parser or a viewer.
const ScanResult& hostile_scan();
/// Everything passes.
const ScanResult& clean_scan();

/// The source lines the everyday and the hostile scan point to.
std::optional<std::string> sample_line(const Origin& origin);

}  // namespace plimsoll::testing
