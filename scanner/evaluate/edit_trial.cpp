#include "scanner/evaluate/edit_trial.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <set>
#include <utility>

#include "scanner/evaluate/candidate_edits.h"
#include "scanner/probe/documents.h"
#include "scanner/probe/together.h"
#include "scanner/root/overlay_root.h"

namespace plimsoll {
namespace {

void gather_probes(const CompiledCheck& check, std::set<const Probe*>& out) {
  if (check.probe != nullptr) out.insert(check.probe);
  for (const CompiledCheck& child : check.children) gather_probes(child, out);
}

/// The probe that a rule's check asks; null when it asks several.
const Probe* only_probe(const CompiledRule& rule) {
  std::set<const Probe*> probes;
  gather_probes(rule.check, probes);
  return probes.size() == 1 ? *probes.begin() : nullptr;
}

bool asks_others(const CompiledCheck& check, const Probe& probe) {
  std::set<const Probe*> probes;
  gather_probes(check, probes);
  return probes.size() > 1 || !probes.contains(&probe);
}

using TrialKey = std::pair<const Probe*, std::string>;

/// Works through the findings of a scan.
class Proposer {
 public:
  Proposer(const std::vector<CompiledRule>& rules, const Root& root, unsigned jobs)
      : root_(root), jobs_(jobs) {
    for (const CompiledRule& rule : rules)
      if (const Probe* probe = only_probe(rule)) by_probe_[probe].push_back(&rule);
  }

  void propose(const CompiledRule& rule, Finding& finding) {
    const Probe* probe = only_probe(rule);
    if (probe == nullptr || finding.origin.line == 0 || !is_claimed(*probe, finding.origin.file))
      return;
    const EditTrial& trial = trial_of(*probe, finding.origin.file);
    for (LineEdit& edit : candidate_edits(rule, finding, trial.text())) {
      if (!trial.mends(edit, rule, finding.fingerprint)) continue;
      finding.diff = unified_diff(trial.text(), edit, finding.origin.file);
      if (!finding.diff.empty()) finding.edit = std::move(edit);
      return;
    }
  }

 private:
  /// In a source tree what a document includes is not judged by itself.
  [[nodiscard]] bool is_claimed(const Probe& probe, const std::string& file) const {
    return !probe.reads_documents_of(root_) || probe.documents.by_name(file) ||
           file == root_.only_file();
  }

  const EditTrial& trial_of(const Probe& probe, const std::string& file) {
    auto& trial = trials_[{&probe, file}];
    if (!trial) trial = std::make_unique<EditTrial>(root_, probe, by_probe_[&probe], file, jobs_);
    return *trial;
  }

  const Root& root_;
  unsigned jobs_;
  std::map<const Probe*, std::vector<const CompiledRule*>> by_probe_;
  std::map<TrialKey, std::unique_ptr<EditTrial>> trials_;
};

}  // namespace

EditTrial::EditTrial(const Root& root, const Probe& probe, std::vector<const CompiledRule*> rules,
                     std::string file, unsigned jobs)
    : root_(root), probe_(probe), rules_(std::move(rules)), file_(std::move(file)), jobs_(jobs) {
  Wanted wanted;
  for (const CompiledRule* rule : rules_) {
    gather(rule->check, wanted);
    if (rule->when && !asks_others(*rule->when, probe_)) gather(*rule->when, wanted);
  }
  selections_ = std::move(wanted[&probe_]);
  auto text = root_.read_now(file_);
  if (!text) return;
  text_ = std::move(*text);
  const Facts facts = facts_of(root_, text_);
  gaps_ = facts.gaps.size();
  FactIndexes index;
  index.emplace(&probe_, FactIndex(facts, probe_.shape));
  for (const CompiledRule* rule : rules_) before_.emplace(rule, said_by(*rule, index));
}

Facts EditTrial::facts_of(const Root& root, std::string_view text) const {
  const std::map<std::string, std::string, std::less<>> context;
  const Document document{file_, text};
  if (!probe_.reads_documents_of(root)) return probe_.run({root, context, selections_, jobs_});
  NoteDesk desk;
  const Request request{root, context, selections_, 1, nullptr, &document, &desk};
  Facts facts = probe_.run(request);
  if (probe_.documents.together == nullptr || desk.notes == nullptr) return facts;
  // As if the tree had nothing else: the edit changes no other file.
  const std::array<DocumentNotes, 1> notes = {{{file_, desk.notes}}};
  probe_.documents.together->tell(request, notes, [&](Facts all) {
    std::move(all.rows.begin(), all.rows.end(), std::back_inserter(facts.rows));
    std::move(all.gaps.begin(), all.gaps.end(), std::back_inserter(facts.gaps));
  });
  return facts;
}

EditTrial::Said EditTrial::said_by(const CompiledRule& rule, const FactIndexes& facts) const {
  // An edit of this file does not change what another probe sees: whether the program is installed.
  Reading reading;
  const bool is_given = rule.when && asks_others(*rule.when, probe_);
  const Outcome outcome =
      is_given ? outcome_of({rule.planned, rule.check, std::nullopt}, facts, &reading)
               : outcome_of(rule, facts, &reading);
  Said out{outcome.verdict, {}, reading.found};
  for (const Finding& finding : outcome.findings) {
    const std::string& file = finding.origin.file.empty() ? file_ : finding.origin.file;
    out.fingerprints.push_back(probe_.reads_documents_of(root_)
                                   ? fingerprint(rule.planned->rule->id, finding.fingerprint, file)
                                   : finding.fingerprint);
  }
  std::sort(out.fingerprints.begin(), out.fingerprints.end());
  return out;
}

bool EditTrial::is_no_worse(const Said& before, const Said& after) const {
  if (after.verdict == Verdict::unknown && before.verdict != Verdict::unknown) return false;
  if (after.found > before.found) return false;
  // What tells rows apart may be the very text that is edited; of those the number counts.
  return probe_.shape == Shape::rows ||
         std::includes(before.fingerprints.begin(), before.fingerprints.end(),
                       after.fingerprints.begin(), after.fingerprints.end());
}

bool EditTrial::mends(const LineEdit& edit, const CompiledRule& rule,
                      const std::string& fingerprint) const {
  const auto old = before_.find(&rule);
  auto changed = applied(text_, edit);
  if (old == before_.end() || !changed ||
      !std::binary_search(old->second.fingerprints.begin(), old->second.fingerprints.end(),
                          fingerprint))
    return false;
  const OverlayRoot overlay(root_, file_, *changed);
  const Facts facts = facts_of(overlay, *changed);
  // A file that says nothing any more, or less clearly, would make every rule hold.
  if (!facts.not_applicable.empty() || facts.gaps.size() > gaps_) return false;
  FactIndexes index;
  index.emplace(&probe_, FactIndex(facts, probe_.shape));
  // The rule itself first: most edits that do not help show there.
  const Said now = said_by(rule, index);
  if (!is_no_worse(old->second, now) || now.found >= old->second.found ||
      std::binary_search(now.fingerprints.begin(), now.fingerprints.end(), fingerprint))
    return false;
  return std::all_of(rules_.begin(), rules_.end(), [&](const CompiledRule* other) {
    return is_no_worse(before_.at(other), said_by(*other, index));
  });
}

void propose_edits(const std::vector<CompiledRule>& rules, const Root& root, unsigned jobs,
                   std::size_t most, std::vector<Outcome>& outcomes,
                   std::vector<std::string>& notices) {
  Proposer proposer(rules, root, jobs);
  std::size_t tried = 0, left = 0;
  for (std::size_t i = 0; i < outcomes.size() && i < rules.size(); ++i)
    for (Finding& finding : outcomes[i].findings)
      if (outcomes[i].verdict != Verdict::drift)
        break;
      else if (tried < most)
        proposer.propose(rules[i], finding), ++tried;
      else
        ++left;
  if (left > 0)
    notices.push_back(
        fmt::format("edits were worked out for {} findings, and not for {} others", tried, left));
}

}  // namespace plimsoll
