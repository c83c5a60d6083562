// Rules about documents: each file by itself, waivers in their comments, what is accepted.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "scanner/base/text.h"
#include "scanner/baseline/load.h"
#include "scanner/evaluate/accepted.h"
#include "scanner/evaluate/evaluate.h"
#include "scanner/root/memory_root.h"

using namespace plimsoll;

namespace {

/// `KEY VALUE` a line, in files *.demo that begin with `demo`.
Facts read_demo(const Request& request) {
  Facts facts;
  for (const Line& line : lines(request.document->text)) {
    const auto parts = words(line.text);
    if (parts.size() != 2 || parts[0] == "#") continue;
    facts.setting(std::string(parts[0]), std::string(parts[1]),
                  {std::string(request.document->path), line.number, 0});
  }
  return facts;
}

const Probe kDemo{
    .name = "demo",
    .group = "container",
    .summary = "documents for the tests",
    .semantics = "none",
    .shape = Shape::settings,
    .fields = {},
    .read = read_demo,
    .files = {},
    .documents = {.by_name = [](std::string_view path) { return path.ends_with(".demo"); },
                  .by_text = [](const Document& one) { return one.text.starts_with("demo"); },
                  .called = "demo file"},
};
const std::vector<const Probe*> kProbes = {&kDemo};

constexpr std::string_view kBaseline = R"(schema = 1
id = "demo"
version = "1.0.0"
title = "t"
owner = "o"
reviewed = 2026-11-25
element = "container"
[[rule]]
id = "demo.door"
title = "the door is shut"
severity = "high"
probe = "demo"
key = "door"
expect = "shut"
when_absent = "drift"
rationale = "r"
remediation = { summary = "s" }
)";

struct Judgement {
  Loaded loaded = load_baseline(std::string(kBaseline), "demo.toml", kProbes);
  std::vector<Outcome> outcomes;
  std::vector<std::string> notices;
};

std::string text(const Judgement& judgement) {
  const Outcome& outcome = judgement.outcomes.at(0);
  std::string out(name_of(outcome.verdict));
  if (!outcome.reason.empty()) out += ": " + outcome.reason;
  if (!outcome.waiver.empty() && outcome.waiver != outcome.reason) out += " / " + outcome.waiver;
  for (const Finding& finding : outcome.findings)
    out += fmt::format("\n{}:{} {}", finding.origin.file, finding.origin.line, finding.actual);
  for (const std::string& notice : judgement.notices) out += "\nnotice: " + notice;
  return out;
}

void judge_into(Judgement& out, const Root& root, JudgeOptions options) {
  REQUIRE(render(out.loaded.problems) == "");
  Plan plan;
  for (const Rule& rule : out.loaded.baseline.rules)
    plan.rules.push_back({&rule, &out.loaded.baseline, rule.severity, {}, {}});
  plan.parameters[&out.loaded.baseline] = {};
  Diagnostics problems;
  const auto rules = compile_rules(plan, kProbes, problems);
  out.outcomes = judge(rules, root, options, out.notices);
}

std::string verdict(const std::map<std::string, std::string>& files, JudgeOptions options = {}) {
  Judgement judgement;
  judge_into(judgement, *Root::in_memory(files), options);
  return text(judgement);
}

const JudgeOptions kToday{.jobs = 2, .today = "2026-11-26"};

}  // namespace

TEST_CASE("each document is judged by itself") {
  CHECK(verdict({{"/README", "x"}}) == "not_applicable: the tree has no demo file");
  CHECK(verdict({{"/a.demo", "other\ndoor open\n"}}) ==
        "not_applicable: the tree has no demo file");
  CHECK(verdict({{"/a.demo", "demo\ndoor shut\n"}, {"/b/c.demo", "demo\ndoor shut\n"}}) == "pass");
  // What one file has does not stand for the other.
  CHECK(verdict({{"/a.demo", "demo\ndoor shut\n"}, {"/b.demo", "demo\n"}}) == "drift\n/b.demo:1 ");
  CHECK(verdict({{"/b.demo", "demo\ndoor open\n"}, {"/a.demo", "demo\n\ndoor ajar\n"}},
                {.jobs = 4}) == "drift\n/a.demo:3 ajar\n/b.demo:2 open");
}

TEST_CASE("what could not be read leaves the rule open, unless another document decides it") {
  MemoryRoot root;
  root.add_file("/a.demo", "demo\ndoor shut\n", 0644, 0, 0);
  root.add_file("/b.demo", std::string(17U << 20U, 'x'), 0644, 0, 0);
  Judgement judgement;
  judge_into(judgement, root, {});
  CHECK(text(judgement) == "unknown: /b.demo: larger than the cap of 16777216 bytes a file");
}

TEST_CASE("on a host documents are not looked for") {
  JudgeOptions host;
  host.look_for_documents = false;
  CHECK(verdict({{"/a.demo", "demo\ndoor open\n"}}, host) ==
        "not_applicable: it is about files of a source tree, which `--path` looks for");
}

TEST_CASE("ignored files are not documents") {
  CHECK(verdict({{"/.gitignore", "old/\n"},
                 {"/old/a.demo", "demo\n"},
                 {"/b.demo", "demo\ndoor shut\n"}}) == "pass");
  CHECK(verdict({{"/.git/a.demo", "demo\n"}}) == "not_applicable: the tree has no demo file");
}

TEST_CASE("a waiver in a comment covers the statement below it, with a date and a reason") {
  const auto file = [](const std::string& lines) {
    return std::map<std::string, std::string>{{"/a.demo", "demo\n" + lines}};
  };
  const std::string open = "door open\n";
  CHECK(verdict(file("# plimsoll: waive demo.door until=2026-11-26 reason=\"a hot day\"\n" + open),
                kToday) == "waived: until 2026-11-26: a hot day (/a.demo:2)\n/a.demo:3 open");
  CHECK(verdict(file("# plimsoll: waive demo.* until=2027-01-01 reason=heat\n# more\n\n" + open),
                kToday) == "waived: until 2027-01-01: heat (/a.demo:2)\n/a.demo:5 open");
  CHECK(
      verdict(file("# plimsoll: waive demo.door until=2026-11-25 reason=heat\n" + open), kToday) ==
      "drift / a waiver expired on 2026-11-25: heat (/a.demo:2)\n/a.demo:3 open\n"
      "notice: /a.demo:2: the waiver of `demo.door` expired on 2026-11-25");
  CHECK(verdict(file("# plimsoll: waive demo.door reason=heat\n" + open), kToday) ==
        "drift\n/a.demo:3 open\nnotice: /a.demo:2: the waiver is not taken: it has no date: add "
        "`until=YYYY-MM-DD`");
  CHECK(verdict(file("# plimsoll: waive demo.door until=2027-01-01\n" + open), kToday) ==
        "drift\n/a.demo:3 open\nnotice: /a.demo:2: the waiver is not taken: it has no reason: add "
        "`reason=\"...\"`");
  // It is about the next statement, not about a later one.
  CHECK(
      verdict(file("# plimsoll: waive demo.door until=2027-01-01 reason=heat\nbell loud\n" + open),
              kToday) ==
      "drift\n/a.demo:4 open\nnotice: /a.demo:2: the waiver of `demo.door` "
      "matches nothing that drifts");
  CHECK(verdict(file("bell loud\n" + open +
                     "# plimsoll: waive-file demo.door until=2027-01-01 reason=heat\n"),
                kToday) == "waived: until 2027-01-01: heat (/a.demo:4)\n/a.demo:3 open");
  // A waiver of a rule that was not run is no concern of this scan.
  CHECK(verdict(file("# plimsoll: waive other.rule until=2027-01-01 reason=heat\ndoor shut\n"),
                kToday) == "pass");
  // A host does not waive its own findings.
  CHECK(verdict(file("# plimsoll: waive demo.door until=2027-01-01 reason=heat\n" + open)) ==
        "drift\n/a.demo:3 open");
}

TEST_CASE("what is accepted is known drift, also after lines have moved") {
  Judgement before, after;
  judge_into(before, *Root::in_memory({{"/a.demo", "demo\ndoor open\n"}, {"/b.demo", "demo\n"}}),
             {});
  ScanResult scan;
  scan.started = "2026-11-26T00:00:00Z";
  scan.outcomes = before.outcomes;
  const std::string list = accepted_text(scan);
  const auto accepted = read_accepted(list, "known");
  REQUIRE(accepted.has_value());
  CHECK(accepted->fingerprints.size() == 2);

  judge_into(after, *Root::in_memory({{"/a.demo", "demo\n\n\ndoor open\n"}, {"/b.demo", "demo\n"}}),
             {});
  apply_accepted(*accepted, after.outcomes, after.notices);
  CHECK(text(after).starts_with("waived: accepted in known"));
  CHECK(after.notices.empty());

  Judgement worse;
  judge_into(worse, *Root::in_memory({{"/a.demo", "demo\ndoor open\n"}, {"/c.demo", "demo\n"}}),
             {});
  apply_accepted(*accepted, worse.outcomes, worse.notices);
  CHECK(text(worse) ==
        "drift\n/c.demo:1 \nnotice: 1 accepted finding is no longer there: write known anew");
}

TEST_CASE("a list of accepted drift that is none is refused") {
  CHECK(read_accepted("# nothing\n\n", "f").has_value());
  const auto wrong = read_accepted("# x\nnonsense here\n", "f");
  REQUIRE_FALSE(wrong.has_value());
  CHECK(wrong.error().where.line == 2);
}
