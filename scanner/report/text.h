#pragma once

#include <functional>
#include <optional>
#include <string>

#include "scanner/evaluate/outcome.h"

namespace plimsoll {

/// A line of a file, as far as it may be shown.
struct SourceLine {
  std::string text;
  std::uint32_t column = 0;  ///< in this text: where the origin points to
  bool is_redacted = false;  ///< credentials are left out, so columns are not those of the file
};

struct TextOptions {
  bool color = false;
  bool verbose = false;  ///< every place, the reasons, and what passed
  bool quiet = false;    ///< the summary line alone
  bool is_root = false;  ///< root made the scan: what it may not read nobody may
  bool diffs = false;    ///< Finding::diff of every place that is shown
  std::size_t width = 80;
  std::optional<double> seconds;  ///< how long the scan took; left out when nobody knows
  /// The text of the line at an origin, or nothing when it cannot or must not be shown.
  std::function<std::optional<SourceLine>(const Origin&)> source_line;
};

/// The report for people: what drifted, the worst first, each with its place, the effective value,
/// what is wanted, what it shadows and the fix; then what is unknown, what is waived, and a
/// summary.
std::string text_report(const ScanResult& scan, const TextOptions& options);

/// `142 rules: 96 pass, 31 drift (2 high, 29 low), 4 unknown, 11 not applicable`.
std::string summary_text(const ScanResult& scan);

}  // namespace plimsoll
