#include <fmt/format.h>

#include <algorithm>

#include "scanner/report/json.h"
#include "scanner/report/machine.h"
#include "scanner/report/outcomes.h"
#include "scanner/report/rule_json.h"

// Section numbers are those of SARIF Version 2.1.0, OASIS standard.
namespace plimsoll {
namespace {

constexpr std::string_view kSchema =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
constexpr std::string_view kRoot = "ROOT";  ///< the uriBaseId of the scanned root

/// RFC 3986: everything but unreserved characters and `/` is percent-encoded, byte by byte.
std::string uri_path(std::string_view path) {
  std::string out;
  for (const char c : path) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') ||
                          std::string_view("-._~/").find(c) != std::string_view::npos;
    if (is_plain)
      out += c;
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

/// Code scanning services take a relative URI without a base from the top of the repository, which
/// is where a pipeline runs; so a tree that was named by a relative path needs none.
bool has_base(const ScanResult& scan) {
  return scan.target_kind != "tree" || scan.target.starts_with('/');
}

std::string uri_in(const ScanResult& scan, std::string_view path) {
  if (!has_base(scan)) return uri_path(path_from_here(scan, path));
  return uri_path(path.starts_with('/') ? path.substr(1) : path);
}

std::string_view level_of(Severity severity) {
  switch (severity) {
    case Severity::critical:
    case Severity::high:
      return "error";
    case Severity::medium:
      return "warning";
    case Severity::low:
    case Severity::info:
      return "note";
  }
  return "none";
}

/// The scale of CVSS, as code scanning services sort by it.
std::string_view security_severity(Severity severity) {
  switch (severity) {
    case Severity::critical:
      return "9.5";
    case Severity::high:
      return "8.0";
    case Severity::medium:
      return "5.5";
    case Severity::low:
      return "3.0";
    case Severity::info:
      return "0.0";
  }
  return "0.0";
}

void write_message(Json& json, std::string_view name, std::string_view text) {
  json.begin_object(name);
  json.member("text", text);
  json.end_object();
}

std::string help_of(const Rule& rule) {
  std::string out = rule.rationale;
  const auto add = [&](std::string_view label, const std::string& text) {
    if (!text.empty()) out += fmt::format("{}{}: {}", out.empty() ? "" : "\n\n", label, text);
  };
  add("Fix", rule.remediation.summary);
  add("Verify", rule.remediation.verify);
  add("Risk", rule.remediation.risk);
  return out.empty() ? rule.title : out;
}

void write_rule(Json& json, const Outcome& outcome) {
  const Rule& rule = *outcome.rule;
  json.begin_object();
  json.member("id", rule.id);
  write_message(json, "shortDescription", rule.title);
  write_message(json, "fullDescription", rule.rationale.empty() ? rule.title : rule.rationale);
  write_message(json, "help", help_of(rule));
  json.begin_object("defaultConfiguration");
  json.member("level", level_of(outcome.severity));
  json.end_object();
  json.begin_object("properties");
  json.begin_array("tags");
  json.text("security");
  json.text(component_of(rule.id));
  for (const std::string& tag : rule.tags)
    if (tag != "security" && tag != component_of(rule.id)) json.text(tag);
  json.end_array();
  json.member("security-severity", security_severity(outcome.severity));
  json.member("baseline", fmt::format("{}@{}", outcome.baseline->id, outcome.baseline->version));
  json.member_unless_empty("section", outcome.section);
  write_references(json, rule.references);
  json.end_object();
  json.end_object();
}

/// A place inside the root; without a line the whole file. The root itself where no file is known:
/// viewers refuse a result that has no place at all.
void write_location(Json& json, const ScanResult& scan, const Origin& origin,
                    std::string_view message = {}) {
  json.begin_object();
  json.begin_object("physicalLocation");
  json.begin_object("artifactLocation");
  json.member("uri", origin.file.size() < 2 ? "./" : uri_in(scan, origin.file));
  if (has_base(scan)) json.member("uriBaseId", kRoot);
  json.end_object();
  if (origin.line != 0) {
    // Columns are left out: ours count bytes, SARIF's count characters (3.30.6).
    json.begin_object("region");
    json.member("startLine", std::int64_t{origin.line});
    json.end_object();
  }
  json.end_object();
  if (!message.empty()) write_message(json, "message", message);
  json.end_object();
}

void write_shadowed(Json& json, const ScanResult& scan, const Finding& finding) {
  const bool has_place =
      std::any_of(finding.shadowed.begin(), finding.shadowed.end(),
                  [](const Shadowed& lost) { return !lost.origin.is_default(); });
  if (!has_place) return;
  json.begin_array("relatedLocations");
  for (const Shadowed& lost : finding.shadowed)
    if (!lost.origin.is_default())
      write_location(json, scan, lost.origin,
                     fmt::format("sets `{}`, but {}", lost.value, lost.why));
  json.end_array();
}

std::string message_of(const Outcome& outcome, const Finding& finding) {
  std::string out = fmt::format("{}: {}", outcome.rule->title, seen_and_wanted(finding));
  if (!outcome.rule->remediation.summary.empty())
    out += fmt::format(". Fix: {}", outcome.rule->remediation.summary);
  return out;
}

void write_head_of_result(Json& json, const Outcome& outcome, std::size_t rule_index) {
  json.member("ruleId", outcome.rule->id);
  json.member("ruleIndex", rule_index);
  // 3.27.10: a result of any kind but `fail` has the level `none`.
  const bool is_open = outcome.verdict == Verdict::unknown;
  json.member("kind", is_open ? "open" : "fail");
  json.member("level", is_open ? "none" : level_of(outcome.severity));
}

void write_suppression(Json& json, const Outcome& outcome) {
  json.begin_array("suppressions");
  json.begin_object();
  json.member("kind", "external");
  json.member("status", "accepted");
  json.member("justification", outcome.waiver.empty() ? "waived" : outcome.waiver);
  json.end_object();
  json.end_array();
}

/// 3.55 to 3.57. The region is the lines that go (3.30.9: with the end of the last one); one
/// without any is an insertion point.
void write_fix(Json& json, const ScanResult& scan, const Outcome& outcome, const Finding& finding) {
  const ShownEdit& edit = *finding.edit;
  json.begin_array("fixes");
  json.begin_object();
  write_message(json, "description", outcome.rule->remediation.summary);
  json.begin_array("artifactChanges");
  json.begin_object();
  json.begin_object("artifactLocation");
  json.member("uri", uri_in(scan, finding.origin.file));
  if (has_base(scan)) json.member("uriBaseId", kRoot);
  json.end_object();
  json.begin_array("replacements");
  json.begin_object();
  json.begin_object("deletedRegion");
  json.member("startLine", std::int64_t{edit.line});
  json.member("startColumn", std::int64_t{1});
  json.member("endLine", std::int64_t{edit.line} + edit.removed);
  json.member("endColumn", std::int64_t{1});
  json.end_object();
  if (!edit.inserted.empty()) write_message(json, "insertedContent", edit.inserted);
  json.end_object();
  json.end_array();
  json.end_object();
  json.end_array();
  json.end_object();
  json.end_array();
}

void write_finding(Json& json, const ScanResult& scan, std::size_t rule_index,
                   const Finding& finding) {
  const Outcome& outcome = scan.outcomes[rule_index];
  json.begin_object();
  write_head_of_result(json, outcome, rule_index);
  write_message(json, "message", message_of(outcome, finding));
  json.begin_array("locations");
  write_location(json, scan, place_to_edit(scan, outcome, finding));
  json.end_array();
  write_shadowed(json, scan, finding);
  if (!finding.fingerprint.empty()) {
    json.begin_object("partialFingerprints");
    json.member("plimsoll/v1", finding.fingerprint);
    json.end_object();
  }
  if (outcome.verdict == Verdict::waived) write_suppression(json, outcome);
  if (finding.edit) write_fix(json, scan, outcome, finding);
  json.begin_object("properties");
  json.member("severity", name_of(outcome.severity));
  json.member("scope", finding.scope);
  json.member("key", finding.key);
  json.member("actual", finding.actual);
  json.member("expected", finding.expected);
  json.end_object();
  json.end_object();
}

/// A verdict that rests on no fact: nothing is there that should be, or it could not be judged.
void write_bare_result(Json& json, const ScanResult& scan, std::size_t rule_index) {
  const Outcome& outcome = scan.outcomes[rule_index];
  Finding finding;
  finding.message = outcome.reason.empty() ? std::string("nothing more is known") : outcome.reason;
  write_finding(json, scan, rule_index, finding);
}

bool is_reported(const Outcome& outcome) {
  return outcome.verdict == Verdict::drift || outcome.verdict == Verdict::unknown ||
         outcome.verdict == Verdict::waived;
}

void write_results(Json& json, const ScanResult& scan) {
  json.begin_array("results");
  for (std::size_t i = 0; i < scan.outcomes.size(); ++i) {
    const Outcome& outcome = scan.outcomes[i];
    if (!is_reported(outcome)) continue;
    const bool is_unknown = outcome.verdict == Verdict::unknown;
    if (outcome.findings.empty() || is_unknown)
      write_bare_result(json, scan, i);
    else
      for (const Finding& finding : outcome.findings) write_finding(json, scan, i, finding);
  }
  json.end_array();
}

void write_tool(Json& json, const ScanResult& scan) {
  json.begin_object("tool");
  json.begin_object("driver");
  json.member("name", "plimsoll");
  json.member("version", scan.tool_version);
  json.member("semanticVersion", scan.tool_version);
  json.begin_array("rules");
  for (const Outcome& outcome : scan.outcomes) write_rule(json, outcome);
  json.end_array();
  json.end_object();
  json.end_object();
}

void write_invocation(Json& json, const ScanResult& scan) {
  json.begin_array("invocations");
  json.begin_object();
  json.member("executionSuccessful", true);
  json.member_unless_empty("startTimeUtc", scan.started);
  json.begin_array("toolExecutionNotifications");
  const auto notify = [&](std::string_view text, const Outcome* outcome) {
    json.begin_object();
    json.member("level", "warning");
    write_message(json, "message", text);
    if (outcome != nullptr) {
      json.begin_object("associatedRule");
      json.member("id", outcome->rule->id);
      json.end_object();
    }
    json.end_object();
  };
  for (const Outcome& outcome : scan.outcomes)
    if (outcome.verdict == Verdict::unknown)
      notify(outcome.reason.empty() ? "could not be judged" : outcome.reason, &outcome);
  for (const std::string& notice : scan.notices) notify(notice, nullptr);
  json.end_array();
  json.end_object();
  json.end_array();
}

/// 3.14.14: an absolute URI that ends in `/`, or none where the place is not known to others.
void write_bases(Json& json, const ScanResult& scan) {
  if (!has_base(scan)) return;
  json.begin_object("originalUriBaseIds");
  json.begin_object(kRoot);
  const std::string& base = scan.target_kind == "tree" ? scan.tree_top : scan.target;
  if (scan.target.starts_with('/'))
    json.member("uri", fmt::format("file://{}{}", uri_path(base), base.ends_with('/') ? "" : "/"));
  write_message(json, "description", "the root of what was scanned");
  json.end_object();
  json.end_object();
}

void write_artifacts(Json& json, const ScanResult& scan) {
  json.begin_array("artifacts");
  for (const auto& [path, sha256] : scan.evidence) {
    json.begin_object();
    json.begin_object("location");
    json.member("uri", uri_in(scan, path));
    if (has_base(scan)) json.member("uriBaseId", kRoot);
    json.end_object();
    json.begin_object("hashes");
    json.member("sha-256", sha256);
    json.end_object();
    json.end_object();
  }
  json.end_array();
}

}  // namespace

std::string sarif_report(const ScanResult& scan) {
  Json json;
  json.begin_object();
  json.member("$schema", kSchema);
  json.member("version", "2.1.0");
  json.begin_array("runs");
  json.begin_object();
  write_tool(json, scan);
  write_invocation(json, scan);
  write_bases(json, scan);
  write_artifacts(json, scan);
  write_results(json, scan);
  json.end_object();
  json.end_array();
  json.end_object();
  return json.take();
}

}  // namespace plimsoll
