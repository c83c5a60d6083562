// What benchmarks and the page on coverage promise, held against the shipped rules.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "scanner/baseline/embedded.h"
#include "scanner/baseline/library.h"
#include "scanner/baseline/plan.h"

using namespace plimsoll;

namespace {

using Ids = std::set<std::string, std::less<>>;

const std::vector<std::string>& ssg_of(const Rule& rule) {
  static const std::vector<std::string> none;
  const auto found = rule.references.by_name.find("ssg");
  return found == rule.references.by_name.end() ? none : found->second;
}

/// Upstream ids of every shipped rule: id → the rules that name it.
std::map<std::string, Ids, std::less<>> rules_by_ssg(Library& library) {
  std::map<std::string, Ids, std::less<>> out;
  for (const Library::Entry& entry : library.entries())
    if (!entry.is_benchmark)
      for (const Rule& rule : library.baseline(entry).rules)
        for (const std::string& id : ssg_of(rule)) out[id].insert(rule.id);
  return out;
}

}  // namespace

// A rule that lands later and stands for the same upstream rule as one that is selected belongs to
// the benchmark as well; this is where it is noticed.
TEST_CASE("a benchmark selects all rules that stand for one upstream rule, or none") {
  Library library(embedded_baselines());
  const auto by_ssg = rules_by_ssg(library);
  for (const Library::Entry& entry : library.entries()) {
    if (!entry.is_benchmark || entry.id == "debian-12-server") continue;
    Ids selected;
    for (const Baseline::Selected& one : library.baseline(entry).selects) selected.insert(one.rule);
    CAPTURE(entry.id);
    CHECK_FALSE(selected.empty());
    for (const auto& [reference, rules] : by_ssg) {
      const std::string& ssg = reference;  // clang 14 captures no structured binding
      std::size_t count = 0;
      for (const std::string& rule : rules) count += selected.count(rule);
      if (count == 0 || count == rules.size()) continue;
      for (const std::string& rule : rules) {
        CAPTURE(ssg);
        CAPTURE(rule);
        CHECK(selected.count(rule) == 1);
      }
    }
  }
}

// The upstream list is not in the tree; that the page agrees with the rules and with itself can be
// told without it.
TEST_CASE("the page on coverage: uncovered is named by no rule, and the figures add up") {
  Library library(embedded_baselines());
  const auto by_ssg = rules_by_ssg(library);
  std::ifstream in(std::filesystem::path(PLIMSOLL_SOURCE_DIR) / "baselines/COVERAGE.md");
  std::string line;
  std::string text;
  std::size_t uncovered = 0;
  std::size_t with_check = 0;
  std::size_t covered = 0;
  while (std::getline(in, line)) {
    text += line + ' ';
    CAPTURE(line);
    if (line.starts_with("| `")) {
      const std::string id = line.substr(3, line.find('`', 3) - 3);
      const std::string selects = line.substr(line.rfind('|', line.size() - 3) + 1);
      CHECK_MESSAGE(by_ssg.count(id) == 0, "`", id,
                    "` is covered now: its line goes, and it is selected by", selects);
      CHECK_MESSAGE(std::count(line.begin(), line.end(), '|') == 4, "a line says who selects it");
      ++uncovered;
      continue;
    }
    std::istringstream row(line);
    std::string bar;
    std::string part;
    std::size_t of_part = 0;
    std::size_t covered_of_part = 0;
    if (!(row >> bar >> part >> bar >> of_part >> bar >> covered_of_part)) continue;
    CHECK(covered_of_part <= of_part);
    with_check += of_part;
    covered += covered_of_part;
  }
  CHECK(uncovered > 0);
  CHECK(with_check - covered == uncovered);
  CHECK(text.find(std::to_string(with_check) + " of them have an automatic check") !=
        std::string::npos);
  CHECK(text.find(std::to_string(covered) + " of these") != std::string::npos);
}
