#include "scanner/report/outcomes.h"

#include <fmt/format.h>

#include <algorithm>

#include "scanner/probe/probe.h"
#include "scanner/report/check_text.h"

namespace plimsoll {

std::string_view component_of(std::string_view rule_id) {
  return rule_id.substr(0, rule_id.find('.'));
}

Outcomes with_verdict(const ScanResult& scan, Verdict verdict) {
  Outcomes out;
  for (const Outcome& outcome : scan.outcomes)
    if (outcome.verdict == verdict) out.push_back(&outcome);
  // The outcomes are sorted by id already, and so by component.
  std::stable_sort(out.begin(), out.end(),
                   [](const Outcome* a, const Outcome* b) { return a->severity > b->severity; });
  return out;
}

std::vector<SameReason> by_reason(const Outcomes& outcomes) {
  std::vector<SameReason> out;
  std::map<std::string_view, std::size_t> seen;
  for (const Outcome* outcome : outcomes) {
    const auto [found, is_new] = seen.emplace(outcome->reason, out.size());
    if (is_new) out.push_back({outcome->reason, {}});
    out[found->second].outcomes.push_back(outcome);
  }
  return out;
}

Origin place_to_edit(const ScanResult& scan, const Outcome& outcome, const Finding& finding) {
  if (!finding.origin.is_default()) return finding.origin;
  const Probe* probe = find_probe(first_probe(outcome.rule->check));
  if (probe == nullptr) return {};
  for (const std::string_view file : probe->files)
    for (const auto& [path, sha256] : scan.evidence)
      if (path == file) return {path, 0, 0};
  return {};
}

std::string seen_and_wanted(const Finding& finding) {
  // "none" of such rows is wanted where the message says that one should not be there.
  const bool says_it =
      finding.expected == "none" || finding.message.find(finding.expected) != std::string::npos;
  return says_it ? finding.message
                 : fmt::format("{}; wanted: {}", finding.message, finding.expected);
}

std::string path_from_here(const ScanResult& scan, std::string_view path) {
  if (scan.target_kind != "tree" || path.empty()) return std::string(path);
  std::string top = scan.tree_top;
  while (top.starts_with("./")) top.erase(0, 2);
  if (top == ".") top.clear();
  if (!top.empty() && !top.ends_with('/')) top += '/';
  return top + std::string(path.substr(1));
}

std::string place_text(const Origin& origin, std::string_view fallback) {
  if (origin.is_default()) return std::string(fallback);
  if (origin.line == 0) return origin.file;
  if (origin.column == 0) return fmt::format("{}:{}", origin.file, origin.line);
  return fmt::format("{}:{}:{}", origin.file, origin.line, origin.column);
}

}  // namespace plimsoll
