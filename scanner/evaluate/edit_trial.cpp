#include "scanner/evaluate/edit_trial.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <memory>
#include <set>
#include <utility>

#include "scanner/evaluate/candidate_edits.h"
#include "scanner/formats/redact.h"
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

bool has(const std::vector<std::string>& sorted, const std::string& text) {
  return std::binary_search(sorted.begin(), sorted.end(), text);
}

std::uint64_t number_of_gaps(const Facts& facts) {
  std::uint64_t all = facts.gaps.size();
  for (const Gap& gap : facts.gaps) all += gap.alike;
  return all;
}

bool holds_secret(std::string_view line, std::string_view before) {
  return !secrets_in(line, before).empty();
}

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
    const std::string& file = finding.origin.file;
    // In a source tree what a document includes is not judged by itself.
    if (probe == nullptr || finding.origin.line == 0 || is_of_kernel(file) ||
        (probe->reads_documents_of(root_) && !may_claim(*probe, file)))
      return;
    const EditTrial& trial = trial_of(*probe, file);
    for (const LineEdit& edit : candidate_edits(rule, finding, trial.text())) {
      if (!trial.mends(edit, rule, finding.fingerprint)) continue;
      finding.edit = shown_edit(trial.text(), edit, file, holds_secret);
      return;
    }
  }

 private:
  /// On a host what /proc and /sys show is no file to edit.
  [[nodiscard]] bool is_of_kernel(const std::string& file) const {
    return !root_.is_source_tree() && (file.starts_with("/proc/") || file.starts_with("/sys/"));
  }
  [[nodiscard]] bool may_claim(const Probe& probe, const std::string& file) const {
    return probe.documents.by_name(file) || file == root_.only_file();
  }

  const EditTrial& trial_of(const Probe& probe, const std::string& file) {
    const bool is_document = probe.reads_documents_of(root_);
    auto& trial = trials_[{is_document ? nullptr : &probe, file}];
    if (trial) return *trial;
    std::vector<Panel> panels;
    for (const auto& [other, rules] : by_probe_)
      if (is_document ? other->reads_documents_of(root_) && may_claim(*other, file)
                      : other == &probe)
        panels.push_back({other, rules});
    trial = std::make_unique<EditTrial>(root_, file, std::move(panels), jobs_);
    return *trial;
  }

  const Root& root_;
  unsigned jobs_;
  std::map<const Probe*, std::vector<const CompiledRule*>> by_probe_;
  /// By probe (null: a document's, of all that claim it) and file.
  std::map<std::pair<const Probe*, std::string>, std::unique_ptr<EditTrial>> trials_;
};

}  // namespace

EditTrial::EditTrial(const Root& root, std::string file, std::vector<Panel> panels, unsigned jobs)
    : root_(root), file_(std::move(file)), jobs_(jobs) {
  auto text = root_.read_now(file_);
  if (!text) return;
  text_ = std::move(*text);
  for (Panel& panel : panels)
    if (claims(*panel.probe)) seat(std::move(panel));
}

bool EditTrial::claims(const Probe& probe) const {
  if (!probe.reads_documents_of(root_) || probe.documents.by_text == nullptr) return true;
  return probe.documents.by_text({file_, text_});
}

void EditTrial::seat(Panel panel) {
  Seat seat{std::move(panel), {}, 0, {}};
  Wanted wanted;
  for (const CompiledRule* rule : seat.panel.rules) {
    gather(rule->check, wanted);
    if (rule->when && !asks_others(*rule->when, *seat.panel.probe)) gather(*rule->when, wanted);
  }
  seat.selections = std::move(wanted[seat.panel.probe]);
  const Facts facts = facts_of(seat, root_, text_);
  seat.gaps = number_of_gaps(facts);
  FactIndexes index;
  index.emplace(seat.panel.probe, FactIndex(facts, seat.panel.probe->shape));
  for (const CompiledRule* rule : seat.panel.rules)
    seat.before.emplace(rule, said_by(*rule, *seat.panel.probe, index));
  seats_.push_back(std::move(seat));
}

Facts EditTrial::facts_of(const Seat& seat, const Root& root, std::string_view text) const {
  const Probe& probe = *seat.panel.probe;
  const std::map<std::string, std::string, std::less<>> context;
  if (!probe.reads_documents_of(root)) return probe.run({root, context, seat.selections, jobs_});
  const Document document{file_, text};
  NoteDesk desk;
  const Request request{root, context, seat.selections, 1, nullptr, &document, &desk};
  Facts facts = probe.run(request);
  if (probe.documents.together == nullptr || desk.notes == nullptr) return facts;
  // As if the tree had nothing else: the edit changes no other file.
  const std::array<DocumentNotes, 1> notes = {{{file_, desk.notes}}};
  probe.documents.together->tell(request, notes, [&](Facts all) {
    std::move(all.rows.begin(), all.rows.end(), std::back_inserter(facts.rows));
    std::move(all.gaps.begin(), all.gaps.end(), std::back_inserter(facts.gaps));
  });
  return facts;
}

EditTrial::Said EditTrial::said_by(const CompiledRule& rule, const Probe& probe,
                                   const FactIndexes& facts) const {
  // An edit of this file does not change what another probe sees: whether the program is installed.
  Reading reading;
  const bool is_given = rule.when && asks_others(*rule.when, probe);
  const Outcome outcome =
      is_given ? outcome_of({rule.planned, rule.check, std::nullopt}, facts, &reading)
               : outcome_of(rule, facts, &reading);
  Said out{outcome.verdict, {}, reading.found};
  for (const Finding& finding : outcome.findings) {
    const std::string& file = finding.origin.file.empty() ? file_ : finding.origin.file;
    out.fingerprints.push_back(probe.reads_documents_of(root_)
                                   ? fingerprint(rule.planned->rule->id, finding.fingerprint, file)
                                   : finding.fingerprint);
  }
  std::sort(out.fingerprints.begin(), out.fingerprints.end());
  return out;
}

bool EditTrial::mends(const LineEdit& edit, const CompiledRule& rule,
                      const std::string& fingerprint) const {
  const auto home = std::find_if(seats_.begin(), seats_.end(),
                                 [&](const Seat& seat) { return seat.before.contains(&rule); });
  const auto changed = applied(text_, edit);
  if (home == seats_.end() || !changed || !has(home->before.at(&rule).fingerprints, fingerprint))
    return false;
  const OverlayRoot overlay(root_, file_, *changed);
  // The rule itself first: most edits that do not help show there.
  const Facts facts = facts_of(*home, overlay, *changed);
  FactIndexes index;
  index.emplace(home->panel.probe, FactIndex(facts, home->panel.probe->shape));
  const Said now = said_by(rule, *home->panel.probe, index);
  if (now.found >= home->before.at(&rule).found || has(now.fingerprints, fingerprint)) return false;
  return std::all_of(seats_.begin(), seats_.end(),
                     [&](const Seat& seat) { return is_no_worse(seat, overlay, *changed); });
}

bool EditTrial::is_no_worse(const Seat& seat, const Root& root, std::string_view text) const {
  const Probe& probe = *seat.panel.probe;
  if (probe.reads_documents_of(root) && probe.documents.by_text != nullptr &&
      !probe.documents.by_text({file_, text}))
    return false;
  const Facts facts = facts_of(seat, root, text);
  // A file that says nothing any more, or less clearly, would make every rule hold.
  if (!facts.not_applicable.empty() || number_of_gaps(facts) > seat.gaps) return false;
  FactIndexes index;
  index.emplace(&probe, FactIndex(facts, probe.shape));
  return std::all_of(seat.before.begin(), seat.before.end(), [&](const auto& one) {
    const auto& [rule, before] = one;
    const Said after = said_by(*rule, probe, index);
    if (after.verdict == Verdict::unknown && before.verdict != Verdict::unknown) return false;
    if (after.found > before.found) return false;
    // What tells rows apart may be the very text that is edited; of those the number counts.
    return probe.shape == Shape::rows ||
           std::includes(before.fingerprints.begin(), before.fingerprints.end(),
                         after.fingerprints.begin(), after.fingerprints.end());
  });
}

void propose_edits(const std::vector<CompiledRule>& rules, const Root& root, unsigned jobs,
                   std::size_t most, std::vector<Outcome>& outcomes,
                   std::vector<std::string>& notices) {
  Proposer proposer(rules, root, jobs);
  std::size_t tried = 0, left = 0;
  for (std::size_t i = 0; i < outcomes.size() && i < rules.size(); ++i) {
    if (outcomes[i].verdict != Verdict::drift) continue;
    for (Finding& finding : outcomes[i].findings) {
      if (tried == most) {
        ++left;
        continue;
      }
      ++tried;
      proposer.propose(rules[i], finding);
    }
  }
  if (left > 0)
    notices.push_back(
        fmt::format("edits were worked out for {} findings, and not for {} others", tried, left));
}

}  // namespace plimsoll
