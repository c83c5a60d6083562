// GitLab's Code Quality report: a JSON array of issues in the form of Code Climate's.
#include <fmt/format.h>

#include "scanner/report/json.h"
#include "scanner/report/machine.h"
#include "scanner/report/outcomes.h"

namespace plimsoll {
namespace {

std::string_view severity_for_gitlab(Severity severity) {
  switch (severity) {
    case Severity::critical:
      return "blocker";
    case Severity::high:
      return "critical";
    case Severity::medium:
      return "major";
    case Severity::low:
      return "minor";
    case Severity::info:
      break;
  }
  return "info";
}

void write_issue(Json& json, const ScanResult& scan, const Outcome& outcome,
                 const Finding& finding) {
  const Origin place = place_to_edit(scan, outcome, finding);
  const std::string path = path_from_here(scan, place.file);
  json.begin_object();
  json.member("type", "issue");
  json.member("check_name", outcome.rule->id);
  json.member("description", fmt::format("{}: {}", outcome.rule->title, seen_and_wanted(finding)));
  json.member("severity", severity_for_gitlab(outcome.severity));
  json.begin_array("categories");
  json.text("Security");
  json.end_array();
  json.member("fingerprint", finding.fingerprint);
  json.begin_object("location");
  // GitLab drops an issue without a path; the tree itself stands in for it.
  json.member("path", path.empty() ? std::string(".") : path);
  json.begin_object("lines");
  json.member("begin", std::int64_t{place.line == 0 ? 1 : place.line});
  json.end_object();
  json.end_object();
  json.end_object();
}

}  // namespace

std::string gitlab_report(const ScanResult& scan) {
  Json json;
  json.begin_array();
  for (const Outcome* outcome : with_verdict(scan, Verdict::drift))
    for (const Finding& finding : outcome->findings) write_issue(json, scan, *outcome, finding);
  json.end_array();
  return json.take();
}

}  // namespace plimsoll
