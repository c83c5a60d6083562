#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/fact.h"
#include "scanner/root/root.h"

/// Which file of rules the service hands to auditctl, and what stands in it.
namespace plimsoll::audit {

/// How the rules get into the kernel at boot.
struct Loader {
  std::string program;    ///< `augenrules` or `auditctl`; empty: no unit runs either of them
  std::string arguments;  ///< as the unit has them
  bool loads = false;     ///< it was told to load; both programs only print or check otherwise
  std::string file;       ///< `auditctl -R`
  Origin origin;
};

/// What the units of the audit package run.
Loader find_loader(const Root& root, Facts& facts);

struct RuleLine {
  std::string text;
  Origin origin;
};

/// The lines that auditctl reads, in its order.
std::vector<RuleLine> rule_lines(const Root& root, const Loader& loader, Facts& facts);

/// Whether /etc/audit/audit.rules is what augenrules would write of these lines: `same`, `differs`,
/// `missing`.
std::string_view generated_state(const Root& root, const std::vector<RuleLine>& lines);

/// The order of `ls -v`: negative, zero or positive.
int natural_order(std::string_view a, std::string_view b);

}  // namespace plimsoll::audit
