#include "scanner/evaluate/accepted.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "scanner/base/text.h"

namespace plimsoll {
namespace {

constexpr std::size_t kDigits = 32;

bool is_fingerprint(std::string_view word) {
  return word.size() == kDigits &&
         word.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

Result<Accepted> read_accepted(std::string_view text, const std::string& file) {
  Accepted out;
  out.file = file;
  for (const Line& line : lines(text)) {
    const auto parts = words(line.text);
    if (parts.empty() || parts.front().starts_with('#')) continue;
    if (!is_fingerprint(parts.front()))
      return fail(ErrorCode::invalid,
                  fmt::format("`{}` is no fingerprint; `plimsoll accept` writes such a file",
                              parts.front()),
                  {file, line.number, 0});
    out.rule_of.emplace(parts.front(), parts.size() > 1 ? parts[1] : std::string_view());
  }
  return out;
}

std::string accepted_text(const ScanResult& scan) {
  std::vector<std::string> rows;
  for (const Outcome& outcome : scan.outcomes) {
    if (outcome.verdict != Verdict::drift) continue;
    for (const Finding& finding : outcome.findings)
      rows.push_back(fmt::format("{} {} {}", finding.fingerprint, outcome.rule->id,
                                 printable(finding.origin.file)));
  }
  // By rule and file, so that a person finds a line; the fingerprint says nothing.
  std::sort(rows.begin(), rows.end(), [](const std::string& a, const std::string& b) {
    return std::pair(a.substr(kDigits), a) < std::pair(b.substr(kDigits), b);
  });
  std::string out = fmt::format("# drift that was accepted on {}: fingerprint, rule, file\n",
                                scan.started.substr(0, 10));
  for (const std::string& row : rows) out += std::string(trim_right(row)) + "\n";
  return out;
}

void apply_accepted(const Accepted& accepted, std::vector<Outcome>& outcomes,
                    std::vector<std::string>& notices) {
  std::unordered_set<std::string_view> seen, judged;
  for (Outcome& outcome : outcomes) {
    if (outcome.verdict != Verdict::unknown) judged.insert(outcome.rule->id);
    if (outcome.verdict != Verdict::drift) continue;
    std::vector<Finding> left;
    for (const Finding& finding : outcome.findings) {
      const auto known = accepted.rule_of.find(finding.fingerprint);
      if (known == accepted.rule_of.end())
        left.push_back(finding);
      else
        seen.insert(known->first);
    }
    // A reason says that not all findings are listed: then nothing is known of the others.
    if (left.empty() && outcome.reason.empty()) {
      outcome.verdict = Verdict::waived;
      outcome.waiver = outcome.reason = "accepted in " + accepted.file;
    } else if (!left.empty()) {
      outcome.findings = std::move(left);
    }
  }
  const auto gone =
      std::count_if(accepted.rule_of.begin(), accepted.rule_of.end(), [&](const auto& known) {
        return judged.contains(known.second) && !seen.contains(known.first);
      });
  if (gone > 0)
    notices.push_back(fmt::format("{} accepted finding{} no longer there: write {} anew", gone,
                                  gone == 1 ? " is" : "s are", accepted.file));
}

}  // namespace plimsoll
