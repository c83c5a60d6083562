// Edits: how they read, and that every one which a rule proposes is seen to mend an example of it.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <map>
#include <set>

#include "scanner/base/line_edit.h"
#include "scanner/base/text.h"
#include "scanner/baseline/embedded.h"
#include "scanner/baseline/library.h"
#include "scanner/baseline/load.h"
#include "scanner/evaluate/edit_trial.h"
#include "scanner/evaluate/try_example.h"

using namespace plimsoll;

namespace {

bool is_x(std::string_view line, std::string_view before) {
  return line == "x\n" || before == "x below\n";
}

std::string diff(std::string_view text, const LineEdit& edit, std::string_view path) {
  const auto shown = shown_edit(text, edit, path, is_x);
  return shown ? shown->diff : "none";
}

}  // namespace

TEST_CASE("an edit as a unified diff") {
  const std::string text = "a\nb\nc\nd\ne\nf\ng\nh\n";
  CHECK(diff(text, {5, 1, {"E"}}, "/x/y") ==
        "--- a/x/y\n+++ b/x/y\n@@ -2,7 +2,7 @@\n b\n c\n d\n-e\n+E\n f\n g\n h\n");
  CHECK(diff(text, {1, 0, {"0"}}, "y") == "--- a/y\n+++ b/y\n@@ -1,3 +1,4 @@\n+0\n a\n b\n c\n");
  CHECK(diff("a\n", {1, 1, {}}, "y") == "--- a/y\n+++ b/y\n@@ -1 +0,0 @@\n-a\n");
  CHECK(diff("a\nb", {2, 1, {"c"}}, "y") ==
        "--- a/y\n+++ b/y\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n"
        "+c\n\\ No newline at end of file\n");
}

TEST_CASE("a diff shows no hidden line, or there is none") {
  CHECK(diff("x\nb\nc\nd\nx\n", {3, 1, {"C"}}, "y") ==
        "--- a/y\n+++ b/y\n@@ -2,3 +2,3 @@\n b\n-c\n+C\n d\n");
  CHECK(diff("a\nx\nc\nd\n", {3, 1, {"C"}}, "y") ==
        "--- a/y\n+++ b/y\n@@ -3,2 +3,2 @@\n-c\n+C\n d\n");
  CHECK(diff("a\nc\nx\n", {2, 1, {"C"}}, "y") == "none");  // git would take it for the end
  CHECK(diff("a\nx\n", {2, 1, {"b"}}, "y") == "none");
  CHECK(diff("a\nb\n", {2, 1, {"x"}}, "y") == "none");
  CHECK(diff("a\nx below\nc\nd\n", {3, 1, {"C"}}, "y") == "none");
}

TEST_CASE("what cannot be edited is not") {
  CHECK(!applied("a\n", {3, 1, {}}));
  CHECK(!applied("a\n", {0, 1, {}}));
  CHECK(!applied("a", {2, 0, {"b"}}));  // the line before it has no end
  CHECK(!shown_edit("a\n", {1, 1, {"b"}}, "/x\ny", is_x));
}

TEST_CASE("lines that are added end as the others do") {
  CHECK(applied("a\r\nb\r\n", {2, 1, {"c", "d"}}).value_or("") == "a\r\nc\r\nd\r\n");
  CHECK(applied("a\nb", {1, 1, {"c", "d"}}).value_or("") == "c\nd\nb");
  CHECK(shown_edit("a\r\nb\r\n", {2, 1, {"c", "d"}}, "x", is_x)->inserted == "c\r\nd\r\n");
}

namespace {

/// The findings of an example, with the edits that were worked out for them.
Outcome with_edits(const Example& example, const Baseline& baseline) {
  const auto root = root_of(example);
  REQUIRE(root);
  Plan plan;
  auto& parameters = plan.parameters[&baseline] = baseline.parameters;
  for (const Rule& rule : baseline.rules)
    plan.rules.push_back({&rule, &baseline, rule.severity, {}, {}});
  for (Parameter& parameter : parameters)
    if (const auto given = example.set.find(parameter.name); given != example.set.end())
      parameter.value = {given->second};
  Diagnostics problems;
  const auto rules = compile_rules(plan, all_probes(), problems);
  std::vector<std::string> notices;
  auto outcomes = judge(rules, **root, {}, notices);
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (rules[i].planned->rule->id != example.rule) continue;
    std::vector<Outcome> mine(rules.size());
    mine[i] = outcomes[i];
    propose_edits(rules, **root, 1, 10, mine, notices);
    return mine[i];
  }
  return {};
}

}  // namespace

namespace {

/// `KEY VALUE` a line: the values, or how long they are.
template <bool tells_length>
Facts read_words(const Request& request) {
  Facts facts;
  for (const Line& line : lines(request.document->text)) {
    const auto parts = words(line.text);
    if (parts.size() < 2) continue;
    const Origin origin{std::string(request.document->path), line.number, 1};
    if (tells_length)
      facts.setting("length", std::to_string(parts[1].size()), origin);
    else
      facts.setting(std::string(parts[0]), std::string(parts[1]), origin);
  }
  return facts;
}

constexpr DocumentClaim kWords = {
    .by_name = [](std::string_view path) { return path.ends_with(".w"); }, .called = "words"};
const Probe kOne{.name = "one",
                 .group = "os",
                 .summary = "s",
                 .semantics = "s",
                 .shape = Shape::settings,
                 .fields = {},
                 .read = read_words<false>,
                 .files = {},
                 .documents = kWords};
const Probe kTwo{.name = "two",
                 .group = "os",
                 .summary = "s",
                 .semantics = "s",
                 .shape = Shape::settings,
                 .fields = {},
                 .read = read_words<true>,
                 .files = {},
                 .documents = kWords};

/// The edit for the finding of `one.door`, with the second rule beside it.
std::string edit_beside(const std::string& other) {
  const std::string text =
      "schema = 1\nid = \"one\"\nversion = \"1.0.0\"\ntitle = \"t\"\nowner = \"o\"\n"
      "reviewed = 2026-11-25\nelement = \"container\"\n"
      "[[rule]]\nid = \"one.door\"\ntitle = \"t\"\nseverity = \"high\"\nprobe = \"one\"\n"
      "key = \"door\"\nexpect = \"closed\"\nwhen_absent = \"drift\"\nrationale = \"r\"\n"
      "remediation = { summary = \"s\" }\n" +
      other;
  const std::vector<const Probe*> probes = {&kOne, &kTwo};
  const Loaded loaded = load_baseline(text, "one.toml", probes);
  REQUIRE(render(loaded.problems) == "");
  Plan plan;
  plan.parameters[&loaded.baseline] = {};
  for (const Rule& rule : loaded.baseline.rules)
    plan.rules.push_back({&rule, &loaded.baseline, rule.severity, {}, {}});
  Diagnostics problems;
  const auto rules = compile_rules(plan, probes, problems);
  std::vector<std::string> notices;
  const auto root = Root::in_memory({{"/a.w", "door ajar\n"}});
  auto outcomes = judge(rules, *root, {}, notices);
  propose_edits(rules, *root, 1, 10, outcomes, notices);
  const Finding& finding = outcomes.at(0).findings.at(0);
  return finding.edit ? finding.edit->inserted : "none";
}

}  // namespace

TEST_CASE("no edit is offered after which another probe finds something in the file") {
  const std::string two =
      "[[rule]]\nid = \"one.length\"\ntitle = \"t\"\nseverity = \"high\"\nprobe = \"two\"\n"
      "key = \"length\"\nrationale = \"r\"\nremediation = { summary = \"s\" }\n";
  CHECK(edit_beside("") == "door closed\n");
  CHECK(edit_beside(two + "expect = { none_of = [\"9\"] }\n") == "door closed\n");
  CHECK(edit_beside(two + "expect = \"4\"\n") == "none");
}

TEST_CASE("every edit that a rule proposes mends one of its examples") {
  Library library(embedded_baselines());
  std::size_t proposed = 0, mended = 0;
  for (const Library::Entry& entry : library.entries()) {
    Loaded loaded = load_baseline(entry.source, std::string(entry.id), all_probes());
    if (entry.examples.empty()) continue;
    load_examples(entry.examples, std::string(entry.id), loaded);
    // As it is shipped: packed and taken apart again.
    const Baseline& baseline = library.baseline(entry);
    std::set<std::string> wanted, seen;
    for (const Rule& rule : baseline.rules)
      if (!rule.edits.empty()) wanted.insert(rule.id);
    for (const Example& example : loaded.examples) {
      if (example.verdict != "drift" || !wanted.contains(example.rule)) continue;
      for (const Finding& finding : with_edits(example, baseline).findings)
        if (finding.edit) seen.insert(example.rule);
    }
    for (const std::string& rule : wanted)
      CHECK_MESSAGE(seen.contains(rule), rule, " proposes an edit that mends none of its examples");
    proposed += wanted.size();
    mended += seen.size();
  }
  CHECK(proposed == mended);
  CHECK(proposed > 50);
}
