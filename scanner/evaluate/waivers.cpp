#include <fmt/format.h>

#include <algorithm>

#include "scanner/base/date.h"
#include "scanner/evaluate/evaluate.h"

namespace plimsoll {
namespace {

bool fits(const std::string& pattern, std::string_view text) {
  return pattern.empty() || name_matches(pattern, text);
}

bool covers(const Waiver& waiver, const Finding& finding) {
  // A path is where the finding is: the file to blame, or the row itself when rows are files.
  const bool path = fits(waiver.path, finding.origin.file) || fits(waiver.path, finding.key);
  return fits(waiver.scope, finding.scope) && fits(waiver.key, finding.key) &&
         fits(waiver.value, finding.actual) && path;
}

std::string summary(const Waiver& waiver) {
  std::string out =
      fmt::format("until {}: {} (owner {}", waiver.expires, waiver.reason, waiver.owner);
  if (!waiver.approver.empty()) out += ", approved by " + waiver.approver;
  if (!waiver.ticket.empty()) out += ", " + waiver.ticket;
  return out + ")";
}

class Waiving {
 public:
  Waiving(const std::vector<Waiver>& waivers, const Occasion& occasion)
      : waivers_(waivers), occasion_(occasion), used_(waivers.size()) {}

  void apply(Outcome& outcome) {
    if (outcome.verdict != Verdict::drift) return;
    std::vector<Finding> left;
    std::string granted, expired;
    for (Finding& finding : outcome.findings) {
      const Waiver* waiver = waiver_for(outcome, finding);
      if (waiver == nullptr || is_expired(*waiver)) {
        if (waiver != nullptr && expired.empty())
          expired = fmt::format("a waiver expired on {}: {} (owner {})", waiver->expires,
                                waiver->reason, waiver->owner);
        left.push_back(finding);
      } else if (granted.empty()) {
        granted = summary(*waiver);
      }
    }
    // Findings beyond the cap were not looked at, so nothing can be said to cover them.
    const bool all = left.empty() && outcome.reason.empty();
    outcome.waiver = all ? granted : expired;
    if (all) {
      outcome.verdict = Verdict::waived;
      outcome.reason = granted;
    } else if (!left.empty()) {
      outcome.findings = std::move(left);
    }
  }

  [[nodiscard]] std::vector<std::string> notices() const {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < waivers_.size(); ++i) {
      const Waiver& waiver = waivers_[i];
      if (!used_[i] && is_left_out(waiver)) continue;
      if (!used_[i])
        out.push_back(fmt::format("the waiver of `{}` (line {}) matches nothing that drifts",
                                  waiver.rule, waiver.line));
      else if (is_expired(waiver))
        out.push_back(fmt::format("the waiver of `{}` (line {}) expired on {}", waiver.rule,
                                  waiver.line, waiver.expires));
    }
    return out;
  }

 private:
  /// One that still holds, else one that has expired, else null.
  const Waiver* waiver_for(const Outcome& outcome, const Finding& finding) {
    const Waiver* expired = nullptr;
    for (std::size_t i = 0; i < waivers_.size(); ++i) {
      const Waiver& waiver = waivers_[i];
      const bool here = waiver.host.empty() ||
                        (!occasion_.host.empty() && name_matches(waiver.host, occasion_.host));
      if (!here || !name_matches(waiver.rule, outcome.rule->id) || !covers(waiver, finding))
        continue;
      used_[i] = true;
      if (!is_expired(waiver)) return &waiver;
      if (expired == nullptr) expired = &waiver;
    }
    return expired;
  }

  [[nodiscard]] bool is_left_out(const Waiver& waiver) const {
    const auto& ids = occasion_.left_out;
    return std::any_of(ids.begin(), ids.end(),
                       [&](const std::string& id) { return name_matches(waiver.rule, id); });
  }

  /// A date that cannot be read has passed: a mistake must not waive anything.
  [[nodiscard]] bool is_expired(const Waiver& waiver) const {
    const auto last = day_number(waiver.expires), today = day_number(occasion_.today);
    return !last || !today || *last < *today;
  }

  const std::vector<Waiver>& waivers_;
  const Occasion& occasion_;
  std::vector<bool> used_;
};

}  // namespace

void apply_waivers(const std::vector<Waiver>& waivers, const Occasion& occasion,
                   std::vector<Outcome>& outcomes, std::vector<std::string>& notices) {
  Waiving waiving(waivers, occasion);
  for (Outcome& outcome : outcomes) waiving.apply(outcome);
  for (std::string& notice : waiving.notices()) notices.push_back(std::move(notice));
}

}  // namespace plimsoll
