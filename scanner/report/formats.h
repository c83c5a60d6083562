#pragma once

#include <span>
#include <string>
#include <string_view>

#include "scanner/evaluate/outcome.h"

namespace plimsoll {

/// A report for other programs, made of the result alone.
struct ReportFormat {
  std::string_view name;  ///< as `--format` takes it
  std::string (*write)(const ScanResult& scan);
  bool carries_edits = false;  ///< it tells Finding::edit, so it is worth working out
};

/// All of them; the text report, which also knows the terminal, stands apart (text.h).
std::span<const ReportFormat> report_formats();

}  // namespace plimsoll
