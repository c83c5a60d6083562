#include "scanner/report/json.h"
#include "scanner/report/machine.h"
#include "scanner/report/rule_json.h"

namespace plimsoll {
namespace {

constexpr std::int64_t kSchema = 1;

void write_head(Json& json, const ScanResult& scan) {
  json.member("schema", kSchema);
  json.begin_object("tool");
  json.member("name", "plimsoll");
  json.member("version", scan.tool_version);
  json.end_object();
  json.begin_object("target");
  json.member("kind", scan.target_kind);
  json.member("path", scan.target);
  json.end_object();
  json.member("started", scan.started);
  json.begin_array("baselines");
  for (const auto& [id, version] : scan.baselines) {
    json.begin_object();
    json.member("id", id);
    json.member("version", version);
    json.end_object();
  }
  json.end_array();
}

void write_summary(Json& json, const ScanResult& scan) {
  json.begin_object("summary");
  json.member("rules", scan.outcomes.size());
  for (std::size_t i = 0; i < scan.by_verdict.size(); ++i)
    json.member(name_of(static_cast<Verdict>(i)), scan.by_verdict[i]);
  json.begin_object("drift_by_severity");
  for (std::size_t i = 0; i < scan.drift_by_severity.size(); ++i)
    json.member(name_of(static_cast<Severity>(i)), scan.drift_by_severity[i]);
  json.end_object();
  if (scan.deep_rules_left_out != 0 || scan.deep_files != 0) {
    json.begin_object("deep");
    json.member("rules_left_out", scan.deep_rules_left_out);
    json.member("files", scan.deep_files);
    json.member("bytes", scan.deep_bytes);
    json.end_object();
  }
  json.end_object();
}

void write_finding(Json& json, const Finding& finding) {
  json.begin_object();
  json.member("scope", finding.scope);
  json.member("key", finding.key);
  json.member("actual", finding.actual);
  json.member("expected", finding.expected);
  json.member("message", finding.message);
  write_origin(json, finding.origin);
  json.begin_array("shadowed");
  for (const Shadowed& lost : finding.shadowed) {
    json.begin_object();
    json.member("value", lost.value);
    write_origin(json, lost.origin);
    json.member("why", lost.why);
    json.end_object();
  }
  json.end_array();
  json.member_unless_empty("made_by", finding.made_by);
  if (finding.edit) json.member("diff", finding.edit->diff);
  json.member("fingerprint", finding.fingerprint);
  json.end_object();
}

void write_result(Json& json, const Outcome& outcome) {
  const Rule& rule = *outcome.rule;
  json.begin_object();
  json.member("rule", rule.id);
  json.member("baseline", outcome.baseline->id);
  json.member("title", rule.title);
  json.member("severity", name_of(outcome.severity));
  json.member("verdict", name_of(outcome.verdict));
  json.member_unless_empty("section", outcome.section);
  json.member_unless_empty("reason", outcome.reason);
  json.member_unless_empty("waiver", outcome.waiver);
  json.member("rationale", rule.rationale);
  write_remediation(json, rule.remediation);
  write_references(json, rule.references);
  json.begin_array("findings");
  for (const Finding& finding : outcome.findings) write_finding(json, finding);
  json.end_array();
  json.end_object();
}

}  // namespace

std::string json_report(const ScanResult& scan) {
  Json json;
  json.begin_object();
  write_head(json, scan);
  write_summary(json, scan);
  json.begin_array("results");
  for (const Outcome& outcome : scan.outcomes) write_result(json, outcome);
  json.end_array();
  json.member("notices", scan.notices);
  json.begin_array("evidence");
  for (const auto& [path, sha256] : scan.evidence) {
    json.begin_object();
    json.member("file", path);
    json.member("sha256", sha256);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return json.take();
}

}  // namespace plimsoll
