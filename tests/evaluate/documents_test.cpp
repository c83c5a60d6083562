// Rules about documents: each file by itself, waivers in their comments, what is accepted.
#include "tests/evaluate/documents.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <memory>
#include <set>

#include "scanner/base/text.h"
#include "scanner/evaluate/accepted.h"
#include "scanner/root/memory_root.h"

using namespace plimsoll;
using plimsoll::testing::DocumentTrial;

namespace {

/// `KEY VALUE` a line, in files *.demo that begin with `demo`.
Facts read_demo(const Request& request) {
  Facts facts;
  for (const Line& line : lines(request.document->text)) {
    const auto parts = words(line.text);
    if (parts.size() != 2 || parts[0] == "#") continue;
    if (parts[0] == "sealed") {
      facts.not_applicable = fmt::format("{} is sealed", request.document->path);
      facts.passed_over = true;
    }
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
constexpr const char* kRule = "key = \"door\"\nexpect = \"shut\"\nwhen_absent = \"drift\"\n";

DocumentTrial judged(const Root& root, const JudgeOptions& options) {
  DocumentTrial trial(kDemo, kRule);
  trial.judge(root, options);
  return trial;
}

std::string verdict(const std::map<std::string, std::string>& files, JudgeOptions options = {}) {
  return judged(*Root::in_memory(files), options).text();
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
  CHECK(judged(root, {}).text() ==
        "unknown: /b.demo: larger than the cap of 16777216 bytes a file");
}

TEST_CASE("on a host documents are not looked for") {
  JudgeOptions host;
  host.look_for_documents = false;
  CHECK(verdict({{"/a.demo", "demo\ndoor open\n"}}, host) ==
        "not_applicable: it is about files of a source tree, which `--path` looks for");
}

TEST_CASE("files that also lie in fixed places of a host are read there") {
  Probe both = kDemo;
  both.documents.also_on_hosts = true;
  both.read = [](const Request& request) {
    if (request.document != nullptr) return read_demo(request);
    Facts facts;
    facts.setting("door", "open", {"/etc/demo", 1, 0});
    return facts;
  };
  MemoryRoot root;
  root.add_file("/a.demo", "demo\ndoor ajar\n");
  JudgeOptions host;
  host.look_for_documents = false;
  const auto text = [&](const JudgeOptions& options) {
    DocumentTrial trial(both, kRule);
    trial.judge(root, options);
    return trial.text();
  };
  CHECK(text(host) == "drift\n/etc/demo:1 open");
  root.set_source_tree(true);
  CHECK(text({}) == "drift\n/a.demo:2 ajar");
}

TEST_CASE("a rule that asks for more than documents is about hosts") {
  static const Probe kOther{.name = "other",
                            .group = "os",
                            .summary = "a host's",
                            .semantics = "none",
                            .shape = Shape::settings,
                            .fields = {},
                            .read =
                                [](const Request&) {
                                  Facts facts;
                                  facts.setting("x", "y", {"/etc/x", 1, 0});
                                  return facts;
                                },
                            .files = {}};
  Probe both = kDemo;
  both.documents.also_on_hosts = true;
  DocumentTrial trial(
      both, std::string(kRule) + "when = { probe = \"other\", key = \"x\", expect = \"y\" }\n",
      {&kOther});
  MemoryRoot root;
  root.add_file("/a.demo", "demo\ndoor ajar\n");
  root.set_source_tree(true);
  trial.judge(root, {});
  CHECK(trial.text() == "not_applicable: it asks for more than a file of a source tree tells");
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
  CHECK(verdict(file("# plimsoll: waive demo.rule until=2026-11-26 reason=\"a hot day\"\n" + open),
                kToday) == "waived: until 2026-11-26: a hot day (/a.demo:2)\n/a.demo:3 open");
  CHECK(verdict(file("# plimsoll: waive demo.* until=2027-01-01 reason=heat\n# more\n\n" + open),
                kToday) == "waived: until 2027-01-01: heat (/a.demo:2)\n/a.demo:5 open");
  CHECK(
      verdict(file("# plimsoll: waive demo.rule until=2026-11-25 reason=heat\n" + open), kToday) ==
      "drift / a waiver expired on 2026-11-25: heat (/a.demo:2)\n/a.demo:3 open\n"
      "notice: /a.demo:2: the waiver of `demo.rule` expired on 2026-11-25");
  CHECK(verdict(file("# plimsoll: waive demo.rule reason=heat\n" + open), kToday) ==
        "drift\n/a.demo:3 open\nnotice: /a.demo:2: the waiver is not taken: it has no date: add "
        "`until=YYYY-MM-DD`");
  CHECK(verdict(file("# plimsoll: waive demo.rule until=2027-01-01\n" + open), kToday) ==
        "drift\n/a.demo:3 open\nnotice: /a.demo:2: the waiver is not taken: it has no reason: add "
        "`reason=\"...\"`");
  // It is about the next statement, not about a later one.
  CHECK(
      verdict(file("# plimsoll: waive demo.rule until=2027-01-01 reason=heat\nbell loud\n" + open),
              kToday) ==
      "drift\n/a.demo:4 open\nnotice: /a.demo:2: the waiver of `demo.rule` "
      "matches nothing that drifts");
  CHECK(verdict(file("bell loud\n" + open +
                     "# plimsoll: waive-file demo.rule until=2027-01-01 reason=heat\n"),
                kToday) == "waived: until 2027-01-01: heat (/a.demo:4)\n/a.demo:3 open");
  // A waiver of a rule that was not run is no concern of this scan.
  CHECK(verdict(file("# plimsoll: waive other.rule until=2027-01-01 reason=heat\ndoor shut\n"),
                kToday) == "pass");
  // A host does not waive its own findings.
  CHECK(verdict(file("# plimsoll: waive demo.rule until=2027-01-01 reason=heat\n" + open)) ==
        "drift\n/a.demo:3 open");
}

namespace {

/// `part FILE` in a document stands for what that file says; such files are parts, and not judged
/// by themselves.
using Parts = std::set<std::string, std::less<>>;

std::shared_ptr<const void> find_parts(const Root& root, std::span<const std::string> paths) {
  auto parts = std::make_shared<Parts>();
  for (const std::string& path : paths)
    for (const Line& line : lines(*root.read(path)))
      if (line.text.starts_with("part ")) parts->emplace(line.text.substr(5));
  return parts;
}

Facts read_whole(const Request& request) {
  const std::string_view path = request.document->path;
  Facts facts;
  if (request.survey != nullptr && static_cast<const Parts*>(request.survey)->contains(path)) {
    facts.not_applicable = fmt::format("{} is a part", path);
    return facts;
  }
  facts = read_demo(request);
  for (const Line& line : lines(request.document->text)) {
    if (!line.text.starts_with("part ")) continue;
    const std::string file(line.text.substr(5));
    const std::string_view text = *request.root.read(file);
    const Document part{file, text};
    Request inner = request;
    inner.document = &part;
    for (Fact& fact : read_demo(inner).rows) facts.rows.push_back(std::move(fact));
  }
  return facts;
}

DocumentTrial judged_whole(const std::map<std::string, std::string>& files, unsigned jobs) {
  Probe whole = kDemo;
  whole.read = read_whole;
  whole.documents.survey = find_parts;
  DocumentTrial trial(whole, kRule);
  trial.judge(*Root::in_memory(files), {.jobs = jobs, .today = "2026-11-26"});
  return trial;
}

}  // namespace

TEST_CASE("what a file says as a part of others is told once, where it stands, with one of them") {
  const std::map<std::string, std::string> files = {{"/a.demo", "demo\npart /m.demo\n"},
                                                    {"/m.demo", "demo\ndoor open\n"},
                                                    {"/z.demo", "demo\npart /m.demo\n"}};
  for (const unsigned jobs : {1U, 4U}) {
    CAPTURE(jobs);
    const DocumentTrial trial = judged_whole(files, jobs);
    CHECK(trial.text() == "drift\n/m.demo:2 open");
    REQUIRE(trial.outcomes.at(0).findings.size() == 1);
    const std::string& made_by = trial.outcomes.at(0).findings.front().made_by;
    CHECK((made_by == "/a.demo" || made_by == "/z.demo"));
  }
}

TEST_CASE("a waiver in a part covers it in every document that it is a part of") {
  const std::map<std::string, std::string> files = {
      {"/a.demo", "demo\npart /m.demo\n"},
      {"/m.demo",
       "demo\n# plimsoll: waive demo.rule until=2027-01-31 reason=\"painted\"\ndoor open\n"},
      {"/z.demo", "demo\npart /m.demo\n"}};
  for (const unsigned jobs : {1U, 4U}) {
    CAPTURE(jobs);
    const DocumentTrial trial = judged_whole(files, jobs);
    CHECK(trial.outcomes.at(0).verdict == Verdict::waived);
    CHECK(trial.notices.empty());
  }
}

TEST_CASE("what is accepted is known drift, also after lines have moved") {
  ScanResult scan;
  scan.started = "2026-11-26T00:00:00Z";
  const auto before =
      judged(*Root::in_memory({{"/a.demo", "demo\ndoor open\n"}, {"/b.demo", "demo\n"}}), {});
  scan.outcomes = before.outcomes;
  const auto accepted = read_accepted(accepted_text(scan), "known");
  REQUIRE(accepted.has_value());
  CHECK(accepted->rule_of.size() == 2);
  const auto now = [&](const std::map<std::string, std::string>& files) {
    auto trial = judged(*Root::in_memory(files), {});
    apply_accepted(*accepted, trial.outcomes, trial.notices);
    return trial.text();
  };
  CHECK(now({{"/a.demo", "demo\n\n\ndoor open\n"}, {"/b.demo", "demo\n"}})
            .starts_with("waived: accepted in known\n"));
  CHECK(now({{"/a.demo", "demo\ndoor open\n"}, {"/c.demo", "demo\n"}}) ==
        "drift\n/c.demo:1 \nnotice: 1 accepted finding is no longer there: write known anew");
}

TEST_CASE("findings that are not listed are neither accepted nor waived") {
  std::string text = "demo\n";
  for (int i = 0; i < 150; ++i) text += fmt::format("door open{}\n", i);
  JudgeOptions all = kToday;
  all.most_findings = 100000;
  const auto root = Root::in_memory({{"/a.demo", text}});
  auto trial = judged(*root, all);
  CHECK(trial.text().starts_with("drift: 100 of 150 findings are listed\n"));
  ScanResult scan;
  scan.outcomes = trial.outcomes;
  apply_accepted(*read_accepted(accepted_text(scan), "known"), trial.outcomes, trial.notices);
  CHECK(trial.text().starts_with("drift"));
  CHECK(
      verdict({{"/a.demo", text + "# plimsoll: waive-file demo.rule until=2027-01-01 reason=r\n"}},
              kToday)
          .starts_with("drift: 0 of 50 findings are listed"));
}

TEST_CASE("a file that was not read though a probe is there for it is spoken of") {
  CHECK(verdict({{"/a.demo", "demo\ndoor shut\n"}, {"/b.demo", "demo\nsealed now\n"}}, kToday) ==
        "pass\nnotice: /b.demo is sealed");
  CHECK(verdict({{"/a.demo", "demo\nsealed now\n"}, {"/b.demo", "demo\nsealed now\n"}},
                {.jobs = 2}) ==
        "not_applicable: /a.demo is sealed\n"
        "notice: /a.demo is sealed (1 more files were passed over as well)");
}

TEST_CASE("a link to a file of the tree is a document, unless the file is one by its own name") {
  MemoryRoot root;
  root.add_file("/real/x", "demo\ndoor open\n");
  root.add_link("/a.demo", "real/x");
  CHECK(judged(root, {}).text() == "drift\n/a.demo:2 open");
  root.add_file("/real/y.demo", "demo\ndoor open\n");
  root.add_link("/b.demo", "real/y.demo");
  root.add_link("/c.demo", "/nowhere");
  CHECK(judged(root, {}).text() == "drift\n/a.demo:2 open\n/real/y.demo:2 open");
}

TEST_CASE("a rule asks the probe of documents alone") {
  const Probe host = [] {
    Probe probe = kDemo;
    probe.name = "host";
    probe.documents = {};
    return probe;
  }();
  const std::vector<const Probe*> both = {&kDemo, &host};
  const Loaded loaded = load_baseline(
      "schema = 1\nid = \"demo\"\nversion = \"1.0.0\"\ntitle = \"t\"\nowner = \"o\"\n"
      "reviewed = 2026-11-25\nelement = \"container\"\n[[rule]]\nid = \"demo.rule\"\ntitle = "
      "\"t\"\n"
      "severity = \"high\"\nrationale = \"r\"\nremediation = { summary = \"s\" }\n"
      "all = [ { probe = \"demo\", key = \"a\", expect = \"b\" }, "
      "{ probe = \"host\", key = \"a\", expect = \"b\" } ]\n",
      "demo.toml", both);
  CHECK(render(loaded.problems).find("asks several probes") != std::string::npos);
}

TEST_CASE("a list of accepted drift that is none is refused") {
  CHECK(read_accepted("# nothing\n\n", "f").has_value());
  const auto wrong = read_accepted("# x\nnonsense here\n", "f");
  REQUIRE_FALSE(wrong.has_value());
  CHECK(wrong.error().where.line == 2);
}
