#include "scanner/baseline/model.h"

#include <algorithm>
#include <array>

#include "scanner/root/root.h"

namespace plimsoll {
namespace {
constexpr std::array<std::string_view, 5> kSeverityNames = {"info", "low", "medium", "high",
                                                            "critical"};
}  // namespace

std::string_view name_of(Severity severity) {
  return kSeverityNames.at(static_cast<std::size_t>(severity));
}

std::optional<Severity> severity_named(std::string_view name) {
  const auto found = std::find(kSeverityNames.begin(), kSeverityNames.end(), name);
  if (found == kSeverityNames.end()) return std::nullopt;
  return static_cast<Severity>(found - kSeverityNames.begin());
}

bool Baseline::Selected::takes(std::string_view rule_id) const {
  return name_matches(rule, rule_id) &&
         std::none_of(except.begin(), except.end(),
                      [&](const std::string& glob) { return name_matches(glob, rule_id); });
}

}  // namespace plimsoll
