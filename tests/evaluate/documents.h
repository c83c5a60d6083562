#pragma once

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "scanner/baseline/load.h"
#include "scanner/evaluate/evaluate.h"

namespace plimsoll::testing {

/// A baseline `demo` for a probe of documents `demo`, held against the documents of a root.
struct DocumentTrial {
  /// `rule`: the lines of its one rule that say what it asks; `others`: probes besides that one.
  DocumentTrial(const Probe& probe, const std::string& rule, std::vector<const Probe*> others = {})
      : probes(with(std::move(others), &probe)),
        loaded(load_baseline("schema = 1\nid = \"demo\"\nversion = \"1.0.0\"\ntitle = \"t\"\n"
                             "owner = \"o\"\nreviewed = 2026-11-25\nelement = \"container\"\n"
                             "[[rule]]\nid = \"demo.rule\"\ntitle = \"t\"\nseverity = \"high\"\n"
                             "probe = \"demo\"\nrationale = \"r\"\n"
                             "remediation = { summary = \"s\" }\n" +
                                 rule,
                             "demo.toml", probes)) {}

  void judge(const Root& root, const JudgeOptions& options) {
    REQUIRE(render(loaded.problems) == "");
    Plan plan;
    plan.rules.push_back({&loaded.baseline.rules[0], &loaded.baseline, Severity::high, {}, {}});
    plan.parameters[&loaded.baseline] = {};
    Diagnostics problems;
    const auto rules = compile_rules(plan, probes, problems);
    outcomes = plimsoll::judge(rules, root, options, notices);
  }

  /// Verdict, reason and waiver, a line for each finding and each notice.
  [[nodiscard]] std::string text() const {
    const Outcome& outcome = outcomes.at(0);
    std::string out(name_of(outcome.verdict));
    if (!outcome.reason.empty()) out += ": " + outcome.reason;
    if (!outcome.waiver.empty() && outcome.waiver != outcome.reason) out += " / " + outcome.waiver;
    for (const Finding& finding : outcome.findings)
      out += fmt::format("\n{}:{} {}", finding.origin.file, finding.origin.line, finding.actual);
    for (const std::string& notice : notices) out += "\nnotice: " + notice;
    return out;
  }

  static std::vector<const Probe*> with(std::vector<const Probe*> others, const Probe* probe) {
    others.push_back(probe);
    return others;
  }

  std::vector<const Probe*> probes;
  Loaded loaded;
  std::vector<Outcome> outcomes;
  std::vector<std::string> notices;
};

}  // namespace plimsoll::testing
