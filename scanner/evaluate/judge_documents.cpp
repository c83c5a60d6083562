// Rules about documents: files of a source tree, each of which is judged by itself.
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>
#include <tuple>
#include <unordered_map>

#include "scanner/base/date.h"
#include "scanner/evaluate/evaluate.h"
#include "scanner/evaluate/inline_waivers.h"
#include "scanner/probe/documents.h"

namespace plimsoll {
namespace {

/// Something to say, and the document it is about.
struct Remark {
  std::string text, path;

  [[nodiscard]] bool empty() const { return text.empty(); }
  /// Keeps what stands in the earlier document.
  void take(Remark other) {
    if (!other.empty() && (empty() || other.path < path)) *this = std::move(other);
  }
};

/// Documents that were not read though a probe is there for them.
struct PassedOver {
  Remark first;
  std::size_t count = 0;

  void note(const std::string& why, const Document& document) {
    first.take({why, std::string(document.path)});
    ++count;
  }
  void add(PassedOver& other) {
    first.take(std::move(other.first));
    count += other.count;
  }
};

/// What one worker has seen of one rule.
struct Tally {
  std::vector<Finding> findings;  ///< by path
  std::vector<Finding> waived;
  std::size_t found = 0;  ///< all that drift, listed or not
  /// Of each kind the one in the earliest document: what a waiver says that holds, what one says
  /// that has expired, why nothing is known, why the rule does not apply.
  Remark granted, expired, unknown, idle;
  std::size_t passed = 0, drifted = 0;
};

/// The waivers that stand in files; documents without any are not in it.
using WaiversByFile = std::map<std::string, std::vector<InlineWaiver>, std::less<>>;

/// Puts together what two workers know of the same waivers.
void add(WaiversByFile& all, WaiversByFile&& part) {
  all.merge(part);
  for (auto& [path, waivers] : part) {
    std::vector<InlineWaiver>& known = all.find(path)->second;
    for (std::size_t i = 0; i < waivers.size() && i < known.size(); ++i)
      known[i].is_used = known[i].is_used || waivers[i].is_used;
  }
  part.clear();
}

/// One document under judgement, or, without a path, all of them together.
struct Judged {
  const Document& document;
  const Facts& facts;
  const Root& root;
  std::string_view today;
  WaiversByFile& waivers;
  std::size_t most_findings;
  /// Where each scope begins; filled when it is first asked for.
  std::unordered_map<std::string_view, const Origin*> scopes = {};
};

/// Why a document is in doubt or not concerned, with its place.
std::string at_document(std::string_view path, const std::string& reason) {
  return reason.starts_with(path) ? reason : fmt::format("{}: {}", path, reason);
}

bool is_over(const InlineWaiver& waiver, std::string_view today) {
  const auto last = day_number(waiver.until), now = day_number(today);
  return !last || !now || *last < *now;
}

/// One that holds, else one that has expired, else null.
const InlineWaiver* waiver_for(const std::string& rule, const Finding& finding, Judged& judged) {
  const std::string& file = finding.origin.file;
  auto here = judged.waivers.find(file);
  if (here == judged.waivers.end()) {
    // A part of the document is a file of its own, and may be read by another worker or by none.
    if (judged.today.empty() || judged.document.path.empty() || file == judged.document.path)
      return nullptr;
    const auto text = judged.root.read_once(file);
    here = judged.waivers.emplace(file, text ? inline_waivers(*text) : std::vector<InlineWaiver>())
               .first;
  }
  const InlineWaiver* expired = nullptr;
  for (InlineWaiver& waiver : here->second) {
    if (!waiver.problem.empty() || finding.origin.line < waiver.first ||
        finding.origin.line > waiver.last || !name_matches(waiver.rule, rule))
      continue;
    waiver.is_used = true;
    if (!is_over(waiver, judged.today)) return &waiver;
    expired = &waiver;
  }
  return expired;
}

/// Where to look for what nobody wrote down: where its scope begins.
Origin place_of(const std::string& scope, Judged& judged) {
  if (judged.scopes.empty())
    for (const Fact& fact : judged.facts.rows)
      if (!fact.origin.is_default()) judged.scopes.emplace(fact.scope, &fact.origin);
  const auto found = judged.scopes.find(scope);
  return found == judged.scopes.end() ? Origin{std::string(judged.document.path), 1, 0}
                                      : *found->second;
}

void note_drift(const std::string& rule, std::size_t found, Judged& judged, Outcome& outcome,
                Tally& tally) {
  // Findings that are not listed were not looked at: nothing waives them.
  std::size_t drifting = found - outcome.findings.size();
  for (Finding& finding : outcome.findings) {
    if (finding.origin.file.empty()) finding.origin = place_of(finding.scope, judged);
    const std::string path = finding.origin.file;
    if (!judged.document.path.empty() && path != judged.document.path)
      finding.made_by = judged.document.path;
    finding.fingerprint = fingerprint(rule, finding.fingerprint, path);
    const InlineWaiver* waiver = waiver_for(rule, finding, judged);
    const bool holds = waiver != nullptr && !is_over(*waiver, judged.today);
    if (waiver != nullptr)
      (holds ? tally.granted : tally.expired)
          .take({fmt::format("{} {}: {} ({}:{})", holds ? "until" : "a waiver expired on",
                             waiver->until, waiver->reason, path, waiver->line),
                 path});
    if (!holds) ++drifting;
    std::vector<Finding>& list = holds ? tally.waived : tally.findings;
    if (list.size() < judged.most_findings) list.push_back(std::move(finding));
  }
  tally.found += drifting;
  if (drifting > 0) ++tally.drifted;
}

void note(const CompiledRule& rule, std::size_t found, Judged& judged, Outcome outcome,
          Tally& tally) {
  const std::string path(judged.document.path);
  switch (outcome.verdict) {
    case Verdict::drift:
      return note_drift(rule.planned->rule->id, found, judged, outcome, tally);
    case Verdict::unknown:
      return tally.unknown.take({at_document(path, outcome.reason), path});
    case Verdict::not_applicable:
      return tally.idle.take({at_document(path, outcome.reason), path});
    case Verdict::pass:
    case Verdict::waived:
      ++tally.passed;
  }
}

/// A file that is a part of several documents tells each of them the same. How many there were too
/// many.
std::size_t drop_repeated(std::vector<Finding>& findings) {
  std::set<std::tuple<std::string, std::uint32_t, std::string>> seen;
  return std::erase_if(findings, [&](const Finding& finding) {
    return !finding.made_by.empty() &&
           !seen.emplace(finding.fingerprint, finding.origin.line, finding.actual).second;
  });
}

// Each worker saw the paths in ascending order and kept its first, so the first of all are here.
void keep_in_order(std::vector<Finding>& findings, std::size_t most) {
  std::stable_sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
    return std::tie(a.origin.file, a.origin.line) < std::tie(b.origin.file, b.origin.line);
  });
  if (findings.size() > most) findings.resize(most);
}

Tally sum(std::vector<Tally>& parts, std::size_t most_findings) {
  Tally out;
  for (Tally& part : parts) {
    out.passed += part.passed;
    out.drifted += part.drifted;
    out.found += part.found;
    out.granted.take(std::move(part.granted));
    out.expired.take(std::move(part.expired));
    out.unknown.take(std::move(part.unknown));
    out.idle.take(std::move(part.idle));
    std::move(part.findings.begin(), part.findings.end(), std::back_inserter(out.findings));
    std::move(part.waived.begin(), part.waived.end(), std::back_inserter(out.waived));
  }
  out.found -= drop_repeated(out.findings);
  drop_repeated(out.waived);
  keep_in_order(out.findings, most_findings);
  keep_in_order(out.waived, most_findings);
  return out;
}

Outcome outcome_of(const CompiledRule& rule, Tally tally, std::string_view called,
                   const std::vector<Error>& errors) {
  Outcome out = outcome_for(*rule.planned);
  if (tally.drifted > 0) {
    out.verdict = Verdict::drift;
    out.findings = std::move(tally.findings);
    if (tally.found > out.findings.size())
      out.reason = fmt::format("{} of {} findings are listed", out.findings.size(), tally.found);
    out.waiver = tally.expired.text;
  } else if (!tally.unknown.empty() || !errors.empty()) {
    out.verdict = Verdict::unknown;
    out.reason = tally.unknown.empty() ? at_document(errors.front().where.file, errors.front().what)
                                       : std::move(tally.unknown.text);
  } else if (!tally.waived.empty()) {
    out.verdict = Verdict::waived;
    out.findings = std::move(tally.waived);
    out.waiver = out.reason = tally.granted.text;
  } else if (tally.passed > 0) {
    out.verdict = Verdict::pass;
  } else {
    out.verdict = Verdict::not_applicable;
    out.reason = tally.idle.empty() ? fmt::format("the tree has no {}", called) : tally.idle.text;
  }
  return out;
}

void say(const std::vector<InlineWaiver>& waivers, std::string_view path, std::string_view today,
         const std::function<bool(const std::string&)>& is_judged, std::vector<std::string>& out) {
  for (const InlineWaiver& waiver : waivers) {
    const std::string where = fmt::format("{}:{}: the waiver", path, waiver.line);
    if (!waiver.problem.empty())
      out.push_back(fmt::format("{} is not taken: {}", where, waiver.problem));
    else if (waiver.is_used && is_over(waiver, today))
      out.push_back(fmt::format("{} of `{}` expired on {}", where, waiver.rule, waiver.until));
    else if (!waiver.is_used && is_judged(waiver.rule))
      out.push_back(fmt::format("{} of `{}` matches nothing that drifts", where, waiver.rule));
  }
}

/// Which probes a rule asks.
struct Asked {
  const Probe* documents = nullptr;  ///< the one that tells of documents
  bool is_mixed = false;             ///< and others as well

  void add(const CompiledCheck& check, const Root& root, std::set<const Probe*>& seen) {
    if (check.probe != nullptr && seen.insert(check.probe).second) {
      if (check.probe->reads_documents_of(root)) documents = check.probe;
      is_mixed = documents != nullptr && seen.size() > 1;
    }
    for (const CompiledCheck& child : check.children) add(child, root, seen);
  }
};

Asked asked_by(const CompiledRule& rule, const Root& root) {
  Asked out;
  std::set<const Probe*> seen;
  out.add(rule.check, root, seen);
  if (rule.when) out.add(*rule.when, root, seen);
  return out;
}

/// A rule about documents, and the one probe it asks.
struct DocumentRule {
  const CompiledRule* rule = nullptr;
  const Probe* probe = nullptr;
};

/// Judges documents on several threads and sums up: each document by itself, and a rule drifts when
/// it drifts on any of them.
class DocumentCourt {
 public:
  DocumentCourt(std::vector<DocumentRule> rules, const JudgeOptions& options)
      : rules_(std::move(rules)), options_(options), jobs_(std::max(options.jobs, 1U)) {
    for (std::size_t i = 0; i < rules_.size(); ++i) {
      gather(rules_[i].rule->check, wanted_);
      if (rules_[i].rule->when) gather(*rules_[i].rule->when, wanted_);
      by_probe_[rules_[i].probe].push_back(i);
    }
    tallies_.assign(rules_.size(), std::vector<Tally>(jobs_));
    waivers_.resize(jobs_);
    passed_over_.resize(jobs_);
  }

  std::vector<Outcome> judge(const Root& root, std::vector<std::string>& notices) {
    std::vector<const Probe*> probes;
    for (const auto& [probe, unused] : by_probe_) probes.push_back(probe);
    const DocumentList documents = find_documents(root, probes);
    visit_documents(root, documents, wanted_, {}, jobs_,
                    [&](const Document& document, std::span<const DocumentFacts> facts,
                        unsigned worker) { judge(root, document, facts, worker); });
    std::vector<Outcome> out;
    out.reserve(rules_.size());
    for (std::size_t i = 0; i < rules_.size(); ++i)
      out.push_back(outcome_of(*rules_[i].rule, sum(tallies_[i], options_.most_findings),
                               rules_[i].probe->documents.called, documents.errors));
    std::vector<std::string> said;
    say_of_waivers(said);
    std::sort(said.begin(), said.end());
    say_what_was_passed_over(said);
    std::move(said.begin(), said.end(), std::back_inserter(notices));
    return out;
  }

 private:
  void judge(const Root& root, const Document& document, std::span<const DocumentFacts> all,
             unsigned worker) {
    if (!options_.today.empty()) take_waivers(document, worker);
    for (const DocumentFacts& one : all) {
      if (one.facts.passed_over) passed_over_[worker].note(one.facts.not_applicable, document);
      Judged judged{document,       one.facts,        root,
                    options_.today, waivers_[worker], options_.most_findings};
      FactIndexes index;
      index.emplace(one.probe, FactIndex(one.facts, one.probe->shape));
      for (const std::size_t i : by_probe_.at(one.probe))
        judge(*rules_[i].rule, index, judged, tallies_[i][worker]);
    }
  }

  /// Later documents of a worker have nothing to add to a full list but their number, unless a
  /// waiver might take them out of it.
  static void judge(const CompiledRule& rule, const FactIndexes& index, Judged& judged,
                    Tally& tally) {
    Reading reading;
    const std::string_view path = judged.document.path;
    const bool waivable =
        path.empty() ? !judged.waivers.empty() : judged.waivers.find(path) != judged.waivers.end();
    reading.counts_only = !waivable && tally.findings.size() >= judged.most_findings;
    reading.no_idle_reason = !tally.idle.empty();
    Outcome outcome = outcome_of(rule, index, &reading);
    note(rule, reading.found, judged, std::move(outcome), tally);
  }

  /// For all documents together every file's waivers count.
  void take_waivers(const Document& document, unsigned worker) {
    if (document.path.empty()) {
      for (WaiversByFile& part : waivers_)
        if (&part != &waivers_[worker]) add(waivers_[worker], std::move(part));
      return;
    }
    auto waivers = inline_waivers(document.text);
    if (!waivers.empty()) waivers_[worker].emplace(document.path, std::move(waivers));
  }

  void say_what_was_passed_over(std::vector<std::string>& notices) {
    PassedOver all;
    for (PassedOver& part : passed_over_) all.add(part);
    if (all.count == 0) return;
    notices.push_back(all.count == 1 ? all.first.text
                                     : fmt::format("{} ({} more files were passed over as well)",
                                                   all.first.text, all.count - 1));
  }

  void say_of_waivers(std::vector<std::string>& notices) {
    const auto is_judged = [&](const std::string& pattern) {
      return std::any_of(rules_.begin(), rules_.end(), [&](const DocumentRule& one) {
        return name_matches(pattern, one.rule->planned->rule->id);
      });
    };
    for (WaiversByFile& part : waivers_)
      if (&part != &waivers_.front()) add(waivers_.front(), std::move(part));
    for (const auto& [path, waivers] : waivers_.front())
      say(waivers, path, options_.today, is_judged, notices);
  }

  std::vector<DocumentRule> rules_;
  const JudgeOptions& options_;
  unsigned jobs_;
  Wanted wanted_;
  std::map<const Probe*, std::vector<std::size_t>> by_probe_;
  std::vector<std::vector<Tally>> tallies_;  ///< a rule, a worker
  std::vector<WaiversByFile> waivers_;       ///< a worker
  std::vector<PassedOver> passed_over_;      ///< a worker
};

Outcome not_applicable(const CompiledRule& rule, std::string why) {
  Outcome out = outcome_for(*rule.planned);
  out.verdict = Verdict::not_applicable;
  out.reason = std::move(why);
  return out;
}

}  // namespace

std::vector<Outcome> judge(const std::vector<CompiledRule>& rules, const Root& root,
                           const JudgeOptions& options, std::vector<std::string>& notices) {
  std::vector<Asked> asked;
  std::vector<DocumentRule> of_documents;
  Wanted wanted;
  for (const CompiledRule& rule : rules) {
    asked.push_back(asked_by(rule, root));
    if (asked.back().is_mixed) continue;
    if (asked.back().documents != nullptr) {
      of_documents.push_back({&rule, asked.back().documents});
      continue;
    }
    gather(rule.check, wanted);
    if (rule.when) gather(*rule.when, wanted);
  }
  const FactsByProbe facts = collect(root, wanted, {}, options.jobs);
  std::vector<Outcome> told;
  if (!of_documents.empty() && options.look_for_documents)
    told = DocumentCourt(std::move(of_documents), options).judge(root, notices);
  FactIndexes indexes;
  for (const auto& [probe, found] : facts) indexes.emplace(probe, FactIndex(found, probe->shape));
  std::vector<Outcome> out;
  out.reserve(rules.size());
  auto next = told.begin();
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (asked[i].is_mixed)
      out.push_back(
          not_applicable(rules[i], "it asks for more than a file of a source tree tells"));
    else if (asked[i].documents == nullptr)
      out.push_back(outcome_of(rules[i], indexes));
    else if (!options.look_for_documents)
      out.push_back(
          not_applicable(rules[i], "it is about files of a source tree, which `--path` looks for"));
    else
      out.push_back(std::move(*next++));
  }
  return out;
}

}  // namespace plimsoll
