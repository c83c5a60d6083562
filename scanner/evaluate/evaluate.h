#pragma once

#include <string>
#include <vector>

#include "scanner/baseline/plan.h"
#include "scanner/evaluate/check.h"
#include "scanner/evaluate/outcome.h"

namespace plimsoll {

/// A planned rule with its checks ready to be held against facts.
struct CompiledRule {
  const PlannedRule* planned = nullptr;
  CompiledCheck check;
  std::optional<CompiledCheck> when;
};

/// Compiles every rule of a plan. Operands that a parameter made wrong go to `problems`.
std::vector<CompiledRule> compile_rules(const Plan& plan, Probes probes, Diagnostics& problems);
/// What the rules ask of the probes.
Wanted wanted_by(const std::vector<CompiledRule>& rules);

/// The verdict on each rule. Pure: the same rules and facts give the same outcomes.
std::vector<Outcome> evaluate_rules(const std::vector<CompiledRule>& rules,
                                    const FactsByProbe& facts);

/// Where waivers are looked at: a day (YYYY-MM-DD) and the name of the host ("" when unknown).
struct Occasion {
  std::string today;
  std::string host;
};

/// Turns drift into `waived` where a waiver covers every finding; where it covers only some, these
/// are dropped from the rule's findings. An expired waiver changes nothing and says so. Waivers
/// that matched nothing are among the notices.
void apply_waivers(const std::vector<Waiver>& waivers, const Occasion& occasion,
                   std::vector<Outcome>& outcomes, std::vector<std::string>& notices);

/// Baselines whose review is overdue, as notices.
std::vector<std::string> overdue_reviews(const Plan& plan, std::string_view today);

/// The sums of a scan.
void count_outcomes(ScanResult& result);

/// 0, 1, 2 or 3, as documented: drift at or above `fail_on`, else anything unknown; nothing to
/// check is 2.
int exit_code(const ScanResult& result, Severity fail_on);

}  // namespace plimsoll
