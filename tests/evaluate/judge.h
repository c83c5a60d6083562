#pragma once

#include <doctest/doctest.h>

#include <string>

#include "scanner/baseline/load.h"
#include "scanner/evaluate/evaluate.h"
#include "tests/baseline/demo_probes.h"

namespace plimsoll::demo {

/// A baseline with one rule, `demo.x`, that asks what these lines say.
inline Baseline baseline_with(const std::string& lines, const std::string& parameters = {}) {
  const Loaded loaded = load_baseline(
      "schema = 1\nid = \"demo\"\nversion = \"1.0.0\"\ntitle = \"demo\"\nowner = \"us\"\n"
      "reviewed = 2026-11-25\nelement = \"os\"\n" +
          parameters +
          "[[rule]]\nid = \"demo.x\"\ntitle = \"t\"\nseverity = \"low\"\nrationale = \"r\"\n"
          "remediation = { summary = \"s\" }\n" +
          lines,
      "demo.toml", kProbes);
  CHECK(render(loaded.problems) == "");
  return loaded.baseline;
}

inline Plan plan_of(const Baseline& baseline) {
  Plan plan;
  for (const Rule& rule : baseline.rules)
    plan.rules.push_back({&rule, &baseline, rule.severity, {}, {}});
  plan.parameters[&baseline] = baseline.parameters;
  return plan;
}

/// The outcome of the one rule of a baseline over the facts of each probe.
inline Outcome judge(const Baseline& baseline, const FactsByProbe& facts) {
  const Plan plan = plan_of(baseline);
  Diagnostics problems;
  const auto rules = compile_rules(plan, kProbes, problems);
  REQUIRE(render(problems) == "");
  return evaluate_rules(rules, facts).at(0);
}

/// Verdict and reason, then a line for each finding: `drift`, `/f:1 message`.
inline std::string summary(const Outcome& outcome) {
  std::string out(name_of(outcome.verdict));
  if (!outcome.reason.empty()) out += ": " + outcome.reason;
  for (const Finding& finding : outcome.findings) {
    out += '\n';
    if (!finding.origin.is_default())
      out += finding.origin.file + ":" + std::to_string(finding.origin.line) + " ";
    out += finding.message;
  }
  return out;
}

/// `scope|key|value|line`, one setting a line; line 0 is a default.
inline Facts settings(std::initializer_list<std::array<const char*, 4>> rows) {
  Facts facts;
  for (const auto& [scope, key, value, line] : rows) {
    const auto number = static_cast<std::uint32_t>(std::stoi(line));
    facts.setting(key, value, number == 0 ? Origin{} : Origin{"/f", number, 1}, scope);
  }
  return facts;
}

inline Fact& thing(Facts& facts, const std::string& path, std::int64_t mode,
                   const std::string& owner) {
  return facts.row({Value{path}, Value{mode}, Value{owner}}, {path, 0, 0});
}

inline Gap gap(Gap::Effect effect, const std::string& subject = {}) {
  return {{ErrorCode::denied, "permission denied", {"/g", 0, 0}}, subject, effect};
}

}  // namespace plimsoll::demo
