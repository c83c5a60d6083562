#include <fmt/format.h>

#include <map>
#include <pugixml.hpp>

#include "scanner/base/text.h"
#include "scanner/report/machine.h"
#include "scanner/report/outcomes.h"

namespace plimsoll {
namespace {

/// Escaped as for a terminal, so that no control character is left (XML 1.0, 2.2 forbids most, even
/// as references), and without U+FFFE and U+FFFF, which it forbids, too.
std::string xml_text(std::string_view text) {
  constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
  std::string out = printable(text);
  for (const std::string_view forbidden : {"\xEF\xBF\xBE", "\xEF\xBF\xBF"})
    for (std::size_t at = 0; (at = out.find(forbidden, at)) != std::string::npos;)
      out.replace(at, forbidden.size(), kReplacement);
  return out;
}

void attribute(pugi::xml_node node, const char* name, std::string_view value) {
  node.append_attribute(name).set_value(xml_text(value).c_str());
}

void attribute(pugi::xml_node node, const char* name, std::size_t value) {
  node.append_attribute(name).set_value(static_cast<unsigned long long>(value));
}

/// One finding a line: the place, what is there and what was wanted; then the fix.
std::string failure_text(const ScanResult& scan, const Outcome& outcome) {
  std::string out;
  const auto add = [&](std::string_view line) { (out += xml_text(line)) += '\n'; };
  for (const Finding& finding : outcome.findings) {
    add(fmt::format("{}: {}", place_text(place_to_edit(scan, outcome, finding), "the root"),
                    seen_and_wanted(finding)));
    for (const Shadowed& lost : finding.shadowed)
      add(fmt::format("  {} sets `{}`, but {}", place_text(lost.origin, "the default"), lost.value,
                      lost.why));
  }
  if (!outcome.reason.empty()) add(outcome.reason);
  if (!outcome.waiver.empty()) add(outcome.waiver);
  if (!outcome.rule->remediation.summary.empty())
    add(fmt::format("fix: {}", outcome.rule->remediation.summary));
  return out;
}

void add_failure(pugi::xml_node test, const ScanResult& scan, const Outcome& outcome) {
  pugi::xml_node failure = test.append_child("failure");
  attribute(failure, "type", name_of(outcome.severity));
  const std::string first =
      outcome.findings.empty() ? outcome.reason : outcome.findings.front().message;
  attribute(
      failure, "message",
      first.empty() ? outcome.rule->title : fmt::format("{}: {}", outcome.rule->title, first));
  failure.append_child(pugi::node_pcdata).set_value(failure_text(scan, outcome).c_str());
}

void add_note(pugi::xml_node test, const char* kind, std::string_view message) {
  pugi::xml_node note = test.append_child(kind);
  if (std::string_view(kind) == "error") attribute(note, "type", "unknown");
  attribute(note, "message", message);
}

void add_test(pugi::xml_node suite, const ScanResult& scan, const Outcome& outcome) {
  pugi::xml_node test = suite.append_child("testcase");
  attribute(test, "name", fmt::format("{}: {}", outcome.rule->id, outcome.rule->title));
  attribute(test, "classname", fmt::format("plimsoll.{}", component_of(outcome.rule->id)));
  attribute(test, "time", "0");
  switch (outcome.verdict) {
    case Verdict::pass:
      break;
    case Verdict::drift:
      add_failure(test, scan, outcome);
      break;
    case Verdict::unknown:
      add_note(test, "error", outcome.reason);
      break;
    case Verdict::not_applicable:
      add_note(test, "skipped", outcome.reason);
      break;
    case Verdict::waived:
      add_note(test, "skipped", fmt::format("waived: {}", outcome.waiver));
      break;
  }
}

struct Counts {
  std::size_t tests = 0, failures = 0, errors = 0, skipped = 0;
};

void count(Counts& counts, Verdict verdict) {
  ++counts.tests;
  if (verdict == Verdict::drift) ++counts.failures;
  if (verdict == Verdict::unknown) ++counts.errors;
  if (verdict == Verdict::not_applicable || verdict == Verdict::waived) ++counts.skipped;
}

void add_suite(pugi::xml_node top, std::string_view component, const Outcomes& outcomes,
               const ScanResult& scan) {
  Counts counts;
  for (const Outcome* outcome : outcomes) count(counts, outcome->verdict);
  pugi::xml_node suite = top.append_child("testsuite");
  attribute(suite, "name", component);
  attribute(suite, "tests", counts.tests);
  attribute(suite, "failures", counts.failures);
  attribute(suite, "errors", counts.errors);
  attribute(suite, "skipped", counts.skipped);
  attribute(suite, "time", "0");
  if (!scan.started.empty()) attribute(suite, "timestamp", scan.started);
  for (const Outcome* outcome : outcomes) add_test(suite, scan, *outcome);
}

struct StringWriter : pugi::xml_writer {
  std::string out;
  void write(const void* bytes, std::size_t size) override {
    out.append(static_cast<const char*>(bytes), size);
  }
};

}  // namespace

std::string junit_report(const ScanResult& scan) {
  std::map<std::string_view, Outcomes> by_component;
  Counts counts;
  for (const Outcome& outcome : scan.outcomes) {
    by_component[component_of(outcome.rule->id)].push_back(&outcome);
    count(counts, outcome.verdict);
  }
  pugi::xml_document document;
  pugi::xml_node declaration = document.append_child(pugi::node_declaration);
  attribute(declaration, "version", "1.0");
  attribute(declaration, "encoding", "UTF-8");
  pugi::xml_node top = document.append_child("testsuites");
  attribute(top, "name", "plimsoll");
  attribute(top, "tests", counts.tests);
  attribute(top, "failures", counts.failures);
  attribute(top, "errors", counts.errors);
  attribute(top, "time", "0");
  for (const auto& [component, outcomes] : by_component) add_suite(top, component, outcomes, scan);
  StringWriter writer;
  document.save(writer, "  ", pugi::format_default, pugi::encoding_utf8);
  return std::move(writer.out);
}

}  // namespace plimsoll
