// A comment on a merge request: what drifted, the worst first, in a table that a person reads.
#include <fmt/format.h>

#include <algorithm>

#include "scanner/base/text.h"
#include "scanner/report/machine.h"
#include "scanner/report/outcomes.h"

namespace plimsoll {
namespace {

constexpr std::size_t kMostRows = 200;  ///< GitHub and GitLab refuse very long comments
/// A comment has a size, too.
constexpr std::size_t kMostEdits = 20;

/// Text that Markdown and HTML take for themselves, made plain.
std::string plain(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) {
    if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '&')
      out += "&amp;";
    else if (c == '\n')
      out += ' ';
    else if (std::string_view("\\|*_[]#~@").find(c) != std::string_view::npos)
      out.append("\\").append(1, c);
    else
      out += c;
  }
  return out;
}

/// Code in a cell: a bar would end the cell and a backquote the code.
std::string code(std::string_view text) {
  std::string shown = printable(text);
  std::replace(shown.begin(), shown.end(), '`', '\'');
  std::replace(shown.begin(), shown.end(), '\n', ' ');
  std::string out = "`";
  for (const char c : shown) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out + "`";
}

/// Prose with its code in backquotes: the odd pieces are code.
std::string prose(std::string_view text) {
  const auto pieces = split(text, '`');
  if (pieces.size() % 2 == 0) return plain(text);
  std::string out;
  for (std::size_t i = 0; i < pieces.size(); ++i)
    out += i % 2 == 1 && !pieces[i].empty() ? code(pieces[i]) : plain(pieces[i]);
  return out;
}

std::string counts(const ScanResult& scan) {
  const auto count = [&](Verdict verdict) {
    return scan.by_verdict.at(static_cast<std::size_t>(verdict));
  };
  std::string out = fmt::format("{} drift", count(Verdict::drift));
  std::string severities;
  for (std::size_t i = scan.drift_by_severity.size(); i-- > 0;)
    if (scan.drift_by_severity[i] > 0)
      severities += fmt::format("{}{} {}", severities.empty() ? "" : ", ",
                                scan.drift_by_severity[i], name_of(static_cast<Severity>(i)));
  if (!severities.empty()) out += fmt::format(" ({})", severities);
  return out + fmt::format(", {} unknown, {} waived, {} pass", count(Verdict::unknown),
                           count(Verdict::waived), count(Verdict::pass));
}

std::string row(const ScanResult& scan, const Outcome& outcome, const Finding& finding) {
  const Origin place = place_to_edit(scan, outcome, finding);
  const std::string path = path_from_here(scan, place.file);
  std::string where = path.empty() ? std::string() : code(place_text({path, place.line, 0}, ""));
  if (!finding.scope.empty()) where += (where.empty() ? "" : "<br>") + plain(finding.scope);
  return fmt::format("| {} | {}<br>{} | {} | {} | {} |\n", name_of(outcome.severity),
                     plain(outcome.rule->title), code(outcome.rule->id), where,
                     prose(seen_and_wanted(finding)), prose(outcome.rule->remediation.summary));
}

std::string drift_table(const ScanResult& scan) {
  std::string out = "| severity | rule | where | what | fix |\n|---|---|---|---|---|\n";
  std::size_t rows = 0, left_out = 0;
  for (const Outcome* outcome : with_verdict(scan, Verdict::drift))
    for (const Finding& finding : outcome->findings) {
      if (rows++ < kMostRows)
        out += row(scan, *outcome, finding);
      else
        ++left_out;
    }
  if (left_out > 0) out += fmt::format("\n… and {} more findings\n", left_out);
  return out;
}

/// A fence longer than any run of backquotes in the text.
std::string fenced(const std::string& text) {
  std::size_t longest = 2, run = 0;
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  const std::string fence(longest + 1, '`');
  return fmt::format("{}diff\n{}{}\n", fence, text, fence);
}

/// Edits that mend what drifted, under the table: a cell holds no block of code.
std::string edits(const ScanResult& scan) {
  std::string out;
  std::size_t shown = 0;
  for (const Outcome* outcome : with_verdict(scan, Verdict::drift))
    for (const Finding& finding : outcome->findings)
      if (finding.edit && shown++ < kMostEdits)
        out += fmt::format("{}\n\n{}\n", code(outcome->rule->id), fenced(finding.edit->diff));
  return out;
}

std::string folded(const std::string& title, const std::string& items) {
  return items.empty()
             ? items
             : fmt::format("\n<details><summary>{}</summary>\n\n{}\n</details>\n", title, items);
}

}  // namespace

std::string markdown_report(const ScanResult& scan) {
  std::string out = fmt::format("### plimsoll: {}\n", counts(scan));
  if (!with_verdict(scan, Verdict::drift).empty()) out += "\n" + drift_table(scan);
  out += folded("Edits that mend it", edits(scan));
  std::string unknown, waived, notices;
  for (const SameReason& same : by_reason(with_verdict(scan, Verdict::unknown))) {
    unknown += fmt::format("- {}: ", prose(same.reason));
    for (const Outcome* outcome : same.outcomes)
      unknown += fmt::format("{}{}", outcome == same.outcomes.front() ? "" : ", ",
                             code(outcome->rule->id));
    unknown += '\n';
  }
  for (const Outcome* outcome : with_verdict(scan, Verdict::waived))
    waived += fmt::format("- {}: {}\n", code(outcome->rule->id), prose(outcome->waiver));
  for (const std::string& notice : scan.notices) notices += fmt::format("- {}\n", prose(notice));
  return out + folded("what could not be judged", unknown) + folded("what is waived", waived) +
         folded("notices", notices);
}

}  // namespace plimsoll
