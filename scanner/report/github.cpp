// Workflow commands of GitHub Actions: one annotation a finding, at its file and line.
#include <fmt/format.h>

#include "scanner/base/text.h"
#include "scanner/report/machine.h"
#include "scanner/report/outcomes.h"

namespace plimsoll {
namespace {

/// What the runner would take for its own; line ends are no longer there, they are shown as \xNN.
std::string escaped(std::string_view text, bool is_property) {
  std::string out;
  for (const char c : printable(text)) {
    if (c == '%')
      out += "%25";
    else if (is_property && c == ':')
      out += "%3A";
    else if (is_property && c == ',')
      out += "%2C";
    else
      out += c;
  }
  return out;
}

std::string_view command_of(Severity severity) {
  if (severity >= Severity::high) return "error";
  return severity == Severity::medium ? "warning" : "notice";
}

void annotate(std::string& out, std::string_view command, const std::string& title,
              const std::string& file, std::uint32_t line, std::string_view message,
              std::string_view fix = {}) {
  out += fmt::format("::{} title={}", command, escaped(title, true));
  if (!file.empty()) out += fmt::format(",file={}", escaped(file, true));
  if (!file.empty() && line > 0) out += fmt::format(",line={}", line);
  out += fmt::format("::{}", escaped(message, false));
  if (!fix.empty()) out += fmt::format("%0Afix: {}", escaped(fix, false));
  out += '\n';
}

void annotate_drift(std::string& out, const ScanResult& scan, const Outcome& outcome) {
  const std::string title = fmt::format("{} ({})", outcome.rule->title, outcome.rule->id);
  for (const Finding& finding : outcome.findings) {
    const Origin place = place_to_edit(scan, outcome, finding);
    annotate(out, command_of(outcome.severity), title, path_from_here(scan, place.file), place.line,
             seen_and_wanted(finding), outcome.rule->remediation.summary);
  }
}

}  // namespace

std::string github_report(const ScanResult& scan) {
  std::string out;
  for (const Outcome* outcome : with_verdict(scan, Verdict::drift))
    annotate_drift(out, scan, *outcome);
  for (const SameReason& same : by_reason(with_verdict(scan, Verdict::unknown)))
    annotate(out, "warning",
             fmt::format("{} rule{} could not be judged", same.outcomes.size(),
                         same.outcomes.size() == 1 ? "" : "s"),
             {}, 0, same.reason);
  for (const std::string& notice : scan.notices)
    annotate(out, "warning", "plimsoll", {}, 0, notice);
  return out;
}

}  // namespace plimsoll
