// Rules about documents: files of a source tree, each of which is judged by itself.
#include "scanner/probe/documents.h"

#include <fmt/format.h>

#include <algorithm>

#include "scanner/evaluate/evaluate.h"

namespace plimsoll {
namespace {

/// What one worker has seen of one rule.
struct Tally {
  std::vector<Finding> findings;  ///< by path, at most CheckResult::kMostFindings
  std::size_t found = 0;
  std::string unknown, idle;  ///< the first reason for not knowing, for not applying
  std::string unknown_path, idle_path;
  std::size_t passed = 0, drifted = 0;
};

/// Why a document is in doubt or not concerned, with its place.
std::string at_document(const std::string& path, const std::string& reason) {
  return reason.starts_with(path) ? reason : fmt::format("{}: {}", path, reason);
}

void note_drift(const std::string& rule, const std::string& path, Outcome& outcome, Tally& tally) {
  ++tally.drifted;
  tally.found += outcome.findings.size();
  for (Finding& finding : outcome.findings) {
    if (tally.findings.size() >= CheckResult::kMostFindings) return;
    if (finding.origin.file.empty()) finding.origin = {path, 1, 0};
    finding.fingerprint = fingerprint(rule, finding.fingerprint, path);
    tally.findings.push_back(std::move(finding));
  }
}

void note(const CompiledRule& rule, const std::string& path, Outcome outcome, Tally& tally) {
  switch (outcome.verdict) {
    case Verdict::drift:
      return note_drift(rule.planned->rule->id, path, outcome, tally);
    case Verdict::unknown:
      if (tally.unknown.empty()) {
        tally.unknown = at_document(path, outcome.reason);
        tally.unknown_path = path;
      }
      return;
    case Verdict::not_applicable:
      if (tally.idle.empty()) {
        tally.idle = at_document(path, outcome.reason);
        tally.idle_path = path;
      }
      return;
    case Verdict::pass:
    case Verdict::waived:
      ++tally.passed;
  }
}

/// The reason that stands in the earlier document.
void keep_first(std::string& reason, std::string& path, Tally& other, std::string Tally::*what,
                std::string Tally::*where) {
  if ((other.*what).empty() || (!reason.empty() && path <= other.*where)) return;
  reason = std::move(other.*what);
  path = std::move(other.*where);
}

Tally sum(std::vector<Tally>& parts) {
  Tally out;
  for (Tally& part : parts) {
    out.passed += part.passed;
    out.drifted += part.drifted;
    out.found += part.found;
    keep_first(out.unknown, out.unknown_path, part, &Tally::unknown, &Tally::unknown_path);
    keep_first(out.idle, out.idle_path, part, &Tally::idle, &Tally::idle_path);
    std::move(part.findings.begin(), part.findings.end(), std::back_inserter(out.findings));
  }
  // Each worker saw the paths in ascending order and kept its first, so the first of all are here.
  std::stable_sort(
      out.findings.begin(), out.findings.end(), [](const Finding& a, const Finding& b) {
        return std::tie(a.origin.file, a.origin.line) < std::tie(b.origin.file, b.origin.line);
      });
  if (out.findings.size() > CheckResult::kMostFindings)
    out.findings.resize(CheckResult::kMostFindings);
  return out;
}

Outcome outcome_of(const CompiledRule& rule, Tally tally, const std::string& called,
                   const std::vector<Error>& errors) {
  const PlannedRule& planned = *rule.planned;
  Outcome out;
  out.rule = planned.rule;
  out.baseline = planned.baseline;
  out.severity = planned.severity;
  out.section = planned.section;
  if (tally.drifted > 0) {
    out.verdict = Verdict::drift;
    out.findings = std::move(tally.findings);
    if (tally.found > out.findings.size())
      out.reason = fmt::format("{} of {} findings are listed", out.findings.size(), tally.found);
  } else if (!tally.unknown.empty() || !errors.empty()) {
    out.verdict = Verdict::unknown;
    out.reason = tally.unknown.empty() ? at_document(errors.front().where.file, errors.front().what)
                                       : std::move(tally.unknown);
  } else if (tally.passed > 0) {
    out.verdict = Verdict::pass;
  } else {
    out.verdict = Verdict::not_applicable;
    out.reason = tally.idle.empty() ? fmt::format("the tree has no {}", called) : tally.idle;
  }
  return out;
}

const Probe* document_probe(const CompiledCheck& check) {
  if (check.probe != nullptr && check.probe->reads_documents()) return check.probe;
  for (const CompiledCheck& child : check.children)
    if (const Probe* found = document_probe(child)) return found;
  return nullptr;
}

}  // namespace

const Probe* document_probe(const CompiledRule& rule) {
  const Probe* found = document_probe(rule.check);
  return found != nullptr || !rule.when ? found : document_probe(*rule.when);
}

std::vector<Outcome> evaluate_documents(const std::vector<const CompiledRule*>& rules,
                                        const Root& root, unsigned jobs) {
  jobs = std::max(jobs, 1U);
  Wanted wanted;
  std::map<const Probe*, std::vector<std::size_t>> by_probe;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    gather(rules[i]->check, wanted);
    if (rules[i]->when) gather(*rules[i]->when, wanted);
    by_probe[document_probe(*rules[i])].push_back(i);
  }
  std::vector<const Probe*> probes;
  for (const auto& [probe, unused] : by_probe) probes.push_back(probe);
  const DocumentList documents = find_documents(root, probes);
  std::vector<std::vector<Tally>> tallies(rules.size(), std::vector<Tally>(jobs));
  visit_documents(
      root, documents, wanted, {}, jobs,
      [&](const Probe& probe, const std::string& path, const Facts& facts, unsigned worker) {
        FactIndexes index;
        index.emplace(&probe, FactIndex(facts, probe.shape));
        for (const std::size_t i : by_probe.at(&probe))
          note(*rules[i], path, outcome_of(*rules[i], index), tallies[i][worker]);
      });
  std::vector<Outcome> out;
  out.reserve(rules.size());
  for (std::size_t i = 0; i < rules.size(); ++i)
    out.push_back(outcome_of(*rules[i], sum(tallies[i]),
                             std::string(document_probe(*rules[i])->documents.called),
                             documents.errors));
  return out;
}

std::vector<Outcome> judge(const std::vector<CompiledRule>& rules, const Root& root,
                           unsigned jobs) {
  std::vector<const CompiledRule*> about_documents;
  Wanted wanted;
  for (const CompiledRule& rule : rules) {
    if (document_probe(rule) != nullptr) {
      about_documents.push_back(&rule);
      continue;
    }
    gather(rule.check, wanted);
    if (rule.when) gather(*rule.when, wanted);
  }
  const FactsByProbe facts = collect(root, wanted, {}, jobs);
  std::vector<Outcome> of_documents;
  if (!about_documents.empty()) of_documents = evaluate_documents(about_documents, root, jobs);
  FactIndexes indexes;
  for (const auto& [probe, found] : facts) indexes.emplace(probe, FactIndex(found, probe->shape));
  std::vector<Outcome> out;
  out.reserve(rules.size());
  auto next = of_documents.begin();
  for (const CompiledRule& rule : rules)
    out.push_back(document_probe(rule) != nullptr ? std::move(*next++) : outcome_of(rule, indexes));
  return out;
}

}  // namespace plimsoll
