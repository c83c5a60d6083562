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

/// An outcome without a verdict yet.
Outcome outcome_for(const PlannedRule& planned);
/// How much of an outcome will be read, when there are thousands; the verdict is the same.
struct Reading {
  bool counts_only = false;     ///< no finding is made, they are counted
  bool no_idle_reason = false;  ///< why a rule does not apply is not said
  std::size_t found = 0;        ///< comes back: how many findings there were
};
/// The verdict on one rule. Pure: the same rule and facts give the same outcome.
Outcome outcome_of(const CompiledRule& rule, const FactIndexes& facts, Reading* reading = nullptr);
/// The verdict on each rule. Pure as well.
std::vector<Outcome> evaluate_rules(const std::vector<CompiledRule>& rules,
                                    const FactsByProbe& facts);

struct JudgeOptions {
  unsigned jobs = 1;
  /// The day for waivers that stand in comments of the documents (inline_waivers.h); empty: these
  /// are not looked for. Only a source tree may waive: a host's files are what is judged.
  std::string today = {};
  /// Rules about documents look through the tree for them. Not on a host: nothing is built or
  /// deployed from the files that happen to lie there, and there are very many.
  bool look_for_documents = true;
  std::size_t most_findings = 100;  ///< that are kept of a rule about documents
};

/// Runs the probes that the rules need, once each, and judges. The outcomes are in the order of the
/// rules. Rules about documents look for them below the root: each is judged by itself, and a rule
/// drifts when it drifts on any of them. Waivers in documents of a source tree that are malformed,
/// expired or of no use are among the notices.
std::vector<Outcome> judge(const std::vector<CompiledRule>& rules, const Root& root,
                           const JudgeOptions& options, std::vector<std::string>& notices);

/// Where waivers are looked at: a day (YYYY-MM-DD) and the name of the host ("" when unknown).
/// `left_out` are the rules that this scan did not run: waivers of these are not unused.
struct Occasion {
  std::string today;
  std::string host;
  std::vector<std::string> left_out = {};
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
