// What is promised is there: every rule has its examples and they hold, every probe its page,
// fixtures and test, and everything that a page documents is seen to be produced.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "scanner/baseline/embedded.h"
#include "scanner/baseline/library.h"
#include "scanner/baseline/load.h"
#include "scanner/evaluate/try_example.h"
#include "scanner/probe/probe.h"

namespace fs = std::filesystem;
using namespace plimsoll;

namespace {

const fs::path kSource = PLIMSOLL_SOURCE_DIR;

/// Keys and fields that no fixture or example can produce, and why.
const std::map<std::string, std::string, std::less<>> kElsewhere = {
    {"file.capabilities", "an extended attribute, which no fixture can carry; file_test.cpp"},
    {"modprobe.@loadable", "made for the modules that a rule asks for; modprobe_test.cpp"},
    {"mount.running_options", "of a live host; mount_test.cpp"},
};

std::string slurp(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::vector<fs::path> sorted(const fs::path& dir) {
  std::vector<fs::path> out;
  if (fs::is_directory(dir))
    for (const auto& entry : fs::directory_iterator(dir)) out.push_back(entry.path());
  std::sort(out.begin(), out.end());
  return out;
}

/// Every shipped baseline as its author wrote it.
const std::vector<Loaded>& shipped() {
  static const std::vector<Loaded> all = [] {
    std::vector<Loaded> out;
    const Library library(embedded_baselines());
    for (const Library::Entry& entry : library.entries()) {
      const std::string stem = fmt::format("baselines/{}/{}", entry.id, entry.version);
      out.push_back(load_baseline(entry.source, stem + ".toml", all_probes()));
      if (!entry.examples.empty())
        load_examples(entry.examples, stem + ".examples.toml", out.back());
    }
    return out;
  }();
  return all;
}

/// The keys (of settings) and fields (of rows) that facts give a value to.
using Produced = std::map<std::string, std::set<std::string>, std::less<>>;

void note(const Probe& probe, const Facts& facts, Produced& out) {
  auto& names = out[std::string(probe.name)];
  for (const Fact& fact : facts.rows) {
    if (probe.shape == Shape::settings) names.insert(fact.key);
    for (std::size_t i = 0; i < fact.fields.size() && i < probe.fields.size(); ++i)
      if (!std::holds_alternative<std::monostate>(fact.fields[i]))
        names.emplace(probe.fields[i].name);
  }
}

std::map<std::string, std::string, std::less<>> context_of(const fs::path& fixture) {
  std::map<std::string, std::string, std::less<>> out;
  std::istringstream pairs(slurp(fixture / "context"));
  for (std::string line; std::getline(pairs, line);) {
    const auto equals = line.find('=');
    if (equals != std::string::npos) out.emplace(line.substr(0, equals), line.substr(equals + 1));
  }
  return out;
}

void note_fixtures(const Probe& probe, Produced& out) {
  for (const fs::path& fixture : sorted(kSource / "tests/plugins" / probe.name / "fixtures")) {
    const auto root = Root::directory((fixture / "root").string());
    const auto context = context_of(fixture);
    if (root) note(probe, probe.run({**root, context, {}, 1}), out);
  }
}

void add_probes(const Check& check, std::set<const Probe*>& out) {
  if (const Probe* probe = find_builtin_probe(check.probe)) out.insert(probe);
  for (const Check& child : check.children) add_probes(child, out);
}

/// The probes that the examples of a shipped baseline ask, over the trees of these examples.
void note_examples(const Loaded& loaded, Produced& out) {
  std::map<std::string, std::set<const Probe*>, std::less<>> probes;
  for (const Rule& rule : loaded.baseline.rules) add_probes(rule.check, probes[rule.id]);
  for (const Example& example : loaded.examples) {
    const auto root = root_of(example);
    if (!root) continue;
    for (const Probe* probe : probes[example.rule])
      note(*probe, probe->run({**root, {}, {}, 1}), out);
  }
}

}  // namespace

TEST_CASE("every rule has an example that passes and one that drifts") {
  for (const Loaded& loaded : shipped()) {
    CAPTURE(loaded.baseline.file);
    CHECK(render(loaded.problems) == "");
    for (const Rule& rule : loaded.baseline.rules) {
      CAPTURE(rule.id);
      for (const std::string verdict : {"pass", "drift"}) {
        CAPTURE(verdict);
        CHECK(std::any_of(loaded.examples.begin(), loaded.examples.end(), [&](const Example& one) {
          return one.rule == rule.id && one.verdict == verdict;
        }));
      }
    }
  }
}

TEST_CASE("every example of a shipped baseline holds") {
  for (const Loaded& loaded : shipped())
    for (const Example& example : loaded.examples) {
      const ExampleTrial trial = try_example(example, loaded.baseline);
      if (trial.problem.empty()) continue;
      FAIL_CHECK(example.source << ":" << example.line << ": " << trial.problem << "\n"
                                << trial.detail);
    }
}

TEST_CASE("every probe has its page, its fixtures and its test") {
  for (const Probe* probe : builtin_probes()) {
    const std::string name(probe->name);
    CAPTURE(name);
    const fs::path home = kSource / "plugins" / probe->group / name;
    const fs::path tests = kSource / "tests/plugins" / name;
    CHECK(fs::is_regular_file(home / "README.md"));
    CHECK_FALSE(sorted(tests / "fixtures").empty());
    const auto files = sorted(tests);
    CHECK(std::any_of(files.begin(), files.end(), [](const fs::path& file) {
      return file.filename().string().ends_with("_test.cpp");
    }));
    CHECK_FALSE(probe->summary.empty());
    CHECK_FALSE(probe->semantics.empty());
    CHECK_FALSE(probe->fields.empty());
  }
}

TEST_CASE("every folder of plugins/ is a probe that is registered") {
  for (const fs::path& group : sorted(kSource / "plugins")) {
    if (!fs::is_directory(group)) continue;
    for (const fs::path& folder : sorted(group)) {
      // A folder without a page is code that several probes share.
      if (!fs::is_regular_file(folder / "README.md")) continue;
      const std::string name = folder.filename().string();
      CAPTURE(name);
      const Probe* probe = find_builtin_probe(name);
      REQUIRE(probe != nullptr);
      CHECK(probe->group == group.filename().string());
    }
  }
}

// Strict: a key or field of the schema is a promise, and a schema is what rules are checked
// against. What no fixture and no example can show stands in kElsewhere with its reason.
TEST_CASE("whatever a probe documents, some fixture or example produces") {
  Produced produced;
  for (const Probe* probe : builtin_probes()) note_fixtures(*probe, produced);
  for (const Loaded& loaded : shipped()) note_examples(loaded, produced);
  for (const Probe* probe : builtin_probes()) {
    const std::string name(probe->name);
    CAPTURE(name);
    for (const Field& field : probe->fields) {
      const std::string key(field.name);
      CAPTURE(key);
      CHECK_FALSE(field.doc.empty());
      const bool excused = kElsewhere.count(name + "." + key) == 1;
      CHECK(produced[name].count(key) == (excused ? 0 : 1));
    }
  }
}
