#include "scanner/evaluate/evaluate.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "scanner/base/date.h"

namespace plimsoll {
namespace {

constexpr std::array<std::string_view, 5> kVerdicts = {"pass", "drift", "unknown", "not_applicable",
                                                       "waived"};

/// A rule that a benchmark wants written down: every setting in it.
void require_explicit(CompiledCheck& check, bool value) {
  check.explicit_value = value;
  for (CompiledCheck& child : check.children) require_explicit(child, value);
}

/// Findings that would have the same fingerprint (two parts of a rule look at one setting) are
/// numbered in their order.
void tell_apart(std::string_view rule, std::vector<Finding>& findings) {
  std::map<std::string, int> seen;
  for (Finding& finding : findings) {
    const int before = seen[finding.fingerprint]++;
    if (before > 0)
      finding.fingerprint = fingerprint(rule, finding.fingerprint, std::to_string(before));
  }
}

Verdict verdict_of(Truth truth) {
  switch (truth) {
    case Truth::yes:
      return Verdict::pass;
    case Truth::no:
      return Verdict::drift;
    case Truth::not_applicable:
      return Verdict::not_applicable;
    case Truth::unknown:
      break;
  }
  return Verdict::unknown;
}

/// Whether the rule applies at all; otherwise the outcome says why not.
CheckResult evaluate_rule(const CompiledRule& rule, const CheckInput& input) {
  CheckResult result = evaluate_check(rule.check, input);
  if (!rule.when) return result;
  CheckResult condition = evaluate_check(*rule.when, input);
  if (condition.truth == Truth::yes) return result;
  if (condition.truth == Truth::unknown && result.truth != Truth::no) return result;
  CheckResult out;
  out.truth = condition.truth == Truth::unknown ? Truth::unknown : Truth::not_applicable;
  out.reason = condition.truth == Truth::no && !condition.findings.empty()
                   ? "the rule does not apply: " + condition.findings.front().message
                   : condition.reason;
  return out;
}

}  // namespace

Outcome outcome_for(const PlannedRule& planned) {
  Outcome out;
  out.rule = planned.rule;
  out.baseline = planned.baseline;
  out.severity = planned.severity;
  out.section = planned.section;
  return out;
}

Outcome outcome_of(const CompiledRule& rule, const FactIndexes& facts, Reading* reading) {
  const PlannedRule& planned = *rule.planned;
  Outcome out = outcome_for(planned);
  CheckInput input{facts, planned.rule->id};
  if (reading != nullptr) {
    input.counts_only = reading->counts_only;
    input.no_idle_reason = reading->no_idle_reason;
  }
  CheckResult result = evaluate_rule(rule, input);
  if (reading != nullptr) reading->found = result.found;
  out.verdict = verdict_of(result.truth);
  if (out.verdict == Verdict::unknown || out.verdict == Verdict::not_applicable)
    out.reason = std::move(result.reason);
  if (out.verdict != Verdict::drift) return out;
  out.findings = std::move(result.findings);
  tell_apart(planned.rule->id, out.findings);
  if (result.found > out.findings.size())
    out.reason = fmt::format("{} of {} findings are listed", out.findings.size(), result.found);
  return out;
}

std::string_view name_of(Verdict verdict) {
  return kVerdicts.at(static_cast<std::size_t>(verdict));
}

std::vector<CompiledRule> compile_rules(const Plan& plan, Probes probes, Diagnostics& problems) {
  std::vector<CompiledRule> out;
  out.reserve(plan.rules.size());
  for (const PlannedRule& planned : plan.rules) {
    const CheckContext context{probes, plan.parameters.at(planned.baseline)};
    CompiledRule rule;
    rule.planned = &planned;
    auto check = compile_check(planned.rule->check, context);
    Result<CompiledCheck> when = CompiledCheck{};
    if (planned.rule->when) when = compile_check(*planned.rule->when, context);
    if (!check || !when) {
      const Error& error = check ? when.error() : check.error();
      problems.push_back({fmt::format("{} in rule `{}`", error.what, planned.rule->id),
                          {planned.baseline->file, planned.rule->line, 0},
                          {},
                          {},
                          1,
                          false});
      continue;
    }
    rule.check = std::move(*check);
    if (planned.rule->when) rule.when = std::move(*when);
    if (planned.explicit_value) require_explicit(rule.check, *planned.explicit_value);
    out.push_back(std::move(rule));
  }
  return out;
}

Wanted wanted_by(const std::vector<CompiledRule>& rules) {
  Wanted wanted;
  for (const CompiledRule& rule : rules) {
    gather(rule.check, wanted);
    if (rule.when) gather(*rule.when, wanted);
  }
  return wanted;
}

std::vector<Outcome> evaluate_rules(const std::vector<CompiledRule>& rules,
                                    const FactsByProbe& facts) {
  FactIndexes indexes;
  for (const auto& [probe, found] : facts) indexes.emplace(probe, FactIndex(found, probe->shape));
  std::vector<Outcome> out;
  out.reserve(rules.size());
  for (const CompiledRule& rule : rules) out.push_back(outcome_of(rule, indexes));
  return out;
}

std::vector<std::string> overdue_reviews(const Plan& plan, std::string_view today) {
  std::set<const Baseline*> used(plan.baselines.begin(), plan.baselines.end());
  for (const PlannedRule& planned : plan.rules) used.insert(planned.baseline);
  std::set<std::string> notices;
  const auto now = day_number(today);
  for (const Baseline* baseline : used) {
    const auto reviewed = day_number(baseline->reviewed);
    if (!now || !reviewed || *now <= *reviewed + baseline->review_days) continue;
    notices.insert(fmt::format(
        "baseline `{}` {} was last reviewed on {}; its review is {} days overdue", baseline->id,
        baseline->version, baseline->reviewed, *now - *reviewed - baseline->review_days));
  }
  return {notices.begin(), notices.end()};
}

void count_outcomes(ScanResult& result) {
  result.by_verdict = {};
  result.drift_by_severity = {};
  for (const Outcome& outcome : result.outcomes) {
    ++result.by_verdict.at(static_cast<std::size_t>(outcome.verdict));
    if (outcome.verdict == Verdict::drift)
      ++result.drift_by_severity.at(static_cast<std::size_t>(outcome.severity));
  }
}

int exit_code(const ScanResult& result, Severity fail_on) {
  if (result.outcomes.empty()) return 2;
  const auto failing =
      std::any_of(result.outcomes.begin(), result.outcomes.end(), [&](const Outcome& outcome) {
        return outcome.verdict == Verdict::drift && outcome.severity >= fail_on;
      });
  if (failing) return 1;
  return result.by_verdict.at(static_cast<std::size_t>(Verdict::unknown)) > 0 ? 3 : 0;
}

}  // namespace plimsoll
