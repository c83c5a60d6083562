// What only all documents of a tree together tell.
#include "scanner/probe/together.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "scanner/root/memory_root.h"
#include "tests/evaluate/documents.h"

using namespace plimsoll;

namespace {

/// Each file *.key is a key, each file *.door a door, of the name that it holds.
Facts read_demo(const Request& request) {
  Facts facts;
  if (request.desk != nullptr)
    request.desk->notes = std::make_shared<std::string>(request.document->text);
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
    .documents = {.by_name =
                      [](std::string_view path) {
                        return path.ends_with(".door") || path.ends_with(".key");
                      },
                  .called = "door",
                  .together = &kTogether},
};
std::string verdict(const Root& root) {
  plimsoll::testing::DocumentTrial trial(
      kDemo, "key = \"opens\"\nexpect = \"yes\"\nwhen_absent = \"not_applicable\"\n");
  trial.judge(root, {.jobs = 2, .today = "2026-11-26"});
  return trial.text();
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
            {{"/x.door", "# plimsoll: waive demo.rule until=2027-01-01 reason=lost\nfront\n"}})) ==
        "waived: until 2027-01-01: lost (/x.door:1)\n/x.door:2 no");
}

TEST_CASE("what is missing may be in a file that could not be read") {
  MemoryRoot root;
  root.add_file("/x.door", "front\n");
  root.add_file("/y.key", std::string(17U << 20U, 'x'));
  CHECK(verdict(root).starts_with("unknown: /y.key"));
}
