// What only all documents of a tree together tell.
#include "scanner/probe/together.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "scanner/baseline/load.h"
#include "scanner/evaluate/evaluate.h"
#include "scanner/root/memory_root.h"

using namespace plimsoll;

namespace {

/// Each file *.key is a key, each file *.door a door, of the name that it holds.
Facts read_demo(const Request& request) {
  Facts facts;
  const auto* desk = static_cast<const NoteDesk*>(request.self);
  if (desk != nullptr) desk->notes = std::make_shared<std::string>(request.document->text);
  return facts;
}

/// A row a door, in its own file: whether there is a key that begins like it.
void tell_demo(const Request&, std::span<const DocumentNotes> notes, const Together::Sink& sink) {
  Facts facts;
  for (const DocumentNotes& door : notes) {
    if (!door.path.ends_with(".door")) continue;
    bool found = false;
    for (const DocumentNotes& key : notes)
      found = found || (key.path.ends_with(".key") &&
                        static_cast<const std::string*>(door.notes.get())
                            ->starts_with(*static_cast<const std::string*>(key.notes.get())));
    facts.setting("opens", found ? "yes" : "no", {door.path, 2, 0}, door.path);
  }
  sink(std::move(facts));
}

constexpr Together kTogether = {tell_demo};
const Probe kDemo{
    .name = "demo",
    .group = "container",
    .summary = "documents for the tests",
    .semantics = "none",
    .shape = Shape::settings,
    .fields = {},
    .read = read_demo,
    .files = {},
    .self = &kTogether,
    .documents = {.by_name =
                      [](std::string_view path) {
                        return path.ends_with(".door") || path.ends_with(".key");
                      },
                  .called = "door"},
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
id = "demo.opens"
title = "each door has a key"
severity = "high"
probe = "demo"
key = "opens"
expect = "yes"
when_absent = "not_applicable"
rationale = "r"
remediation = { summary = "s" }
)";

std::string verdict(const Root& root) {
  const Loaded loaded = load_baseline(std::string(kBaseline), "demo.toml", kProbes);
  REQUIRE(render(loaded.problems) == "");
  Plan plan;
  plan.rules.push_back({&loaded.baseline.rules[0], &loaded.baseline, Severity::high, {}, {}});
  plan.parameters[&loaded.baseline] = {};
  Diagnostics problems;
  const auto rules = compile_rules(plan, kProbes, problems);
  std::vector<std::string> notices;
  const JudgeOptions options{.jobs = 2, .today = "2026-11-26"};
  const Outcome outcome = judge(rules, root, options, notices).at(0);
  std::string out(name_of(outcome.verdict));
  if (!outcome.reason.empty()) out += ": " + outcome.reason;
  for (const Finding& finding : outcome.findings)
    out += fmt::format("\n{}:{} {}", finding.origin.file, finding.origin.line, finding.actual);
  for (const std::string& notice : notices) out += "\nnotice: " + notice;
  return out;
}

}  // namespace

TEST_CASE("documents find each other, whatever their files") {
  CHECK(verdict(*Root::in_memory({{"/a/x.door", "front\n"}, {"/b/y.key", "front"}})) == "pass");
  CHECK(verdict(*Root::in_memory({{"/a/x.door", "front\n"}, {"/b/y.key", "back"}})) ==
        "drift\n/a/x.door:2 no");
  CHECK(verdict(*Root::in_memory({{"/b/y.key", "back"}})).starts_with("not_applicable"));
}

TEST_CASE("a waiver in the file of a finding covers it, though all files were judged together") {
  CHECK(verdict(*Root::in_memory(
            {{"/x.door", "# plimsoll: waive demo.opens until=2027-01-01 reason=lost\nfront\n"}})) ==
        "waived: until 2027-01-01: lost (/x.door:1)\n/x.door:2 no");
}

TEST_CASE("what is missing may be in a file that could not be read") {
  MemoryRoot root;
  root.add_file("/x.door", "front\n");
  root.add_file("/y.key", std::string(17U << 20U, 'x'));
  CHECK(verdict(root).starts_with("unknown: /y.key"));
}
