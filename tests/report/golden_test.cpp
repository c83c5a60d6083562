// Whole reports, byte for byte: tests/report/golden/<name>. PLIMSOLL_UPDATE=1 rewrites them; read
// the difference like code.
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "scanner/base/text.h"
#include "scanner/report/machine.h"
#include "scanner/report/outcomes.h"
#include "scanner/report/text.h"
#include "tests/report/sample.h"

namespace fs = std::filesystem;
using namespace plimsoll;

namespace {

void check_golden(const std::string& name, const std::string& got) {
  CAPTURE(name);
  const fs::path path = fs::path(PLIMSOLL_SOURCE_DIR) / "tests" / "report" / "golden" / name;
  if (std::getenv("PLIMSOLL_UPDATE") != nullptr) std::ofstream(path, std::ios::binary) << got;
  std::ifstream in(path, std::ios::binary);
  std::ostringstream wanted;
  wanted << in.rdbuf();
  CHECK(got == wanted.str());
}

TextOptions plain() {
  TextOptions options;
  options.seconds = 0.034;
  options.source_line = [](const Origin& origin) -> std::optional<SourceLine> {
    const auto text = testing::sample_line(origin);
    if (!text) return std::nullopt;
    return SourceLine{*text, origin.column, false};
  };
  return options;
}

std::size_t widest_line(const std::string& text) {
  std::size_t widest = 0;
  for (const Line& line : lines(text)) {
    std::size_t columns = 0;
    for (const char c : line.text)
      columns += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1 : 0;
    widest = std::max(widest, columns);
  }
  return widest;
}

}  // namespace

TEST_CASE("golden: text report") {
  const ScanResult& scan = testing::everyday_scan();
  check_golden("everyday.txt", text_report(scan, plain()));
  TextOptions options = plain();
  options.color = true;
  check_golden("everyday.color.txt", text_report(scan, options));
  options = plain();
  options.width = 60;
  check_golden("everyday.narrow.txt", text_report(scan, options));
  options = plain();
  options.verbose = true;
  check_golden("everyday.verbose.txt", text_report(scan, options));
  options = plain();
  options.quiet = true;
  check_golden("everyday.quiet.txt", text_report(scan, options));
  check_golden("clean.txt", text_report(testing::clean_scan(), plain()));
}

TEST_CASE("golden: reports for programs") {
  check_golden("everyday.json", json_report(testing::everyday_scan()));
  check_golden("everyday.sarif", sarif_report(testing::everyday_scan()));
  check_golden("everyday.junit.xml", junit_report(testing::everyday_scan()));
}

TEST_CASE("golden: hostile names and values") {
  check_golden("hostile.txt", text_report(testing::hostile_scan(), plain()));
  check_golden("hostile.json", json_report(testing::hostile_scan()));
  check_golden("hostile.sarif", sarif_report(testing::hostile_scan()));
  check_golden("hostile.junit.xml", junit_report(testing::hostile_scan()));
  check_golden("hostile.github", github_report(testing::hostile_scan()));
  check_golden("hostile.gitlab", gitlab_report(testing::hostile_scan()));
  check_golden("hostile.md", markdown_report(testing::hostile_scan()));
}

TEST_CASE("golden: reports on a source tree say paths as the user's directory has them") {
  ScanResult scan = testing::everyday_scan();
  scan.target_kind = "tree";
  scan.target = scan.tree_top = "./deploy";
  check_golden("tree.github", github_report(scan));
  check_golden("tree.gitlab", gitlab_report(scan));
  check_golden("tree.md", markdown_report(scan));
  check_golden("tree.sarif", sarif_report(scan));
  CHECK(path_from_here(scan, "/a/b.yaml") == "deploy/a/b.yaml");
  scan.tree_top = ".";
  CHECK(path_from_here(scan, "/a/b.yaml") == "a/b.yaml");
  scan.tree_top = "";
  CHECK(path_from_here(scan, "/b.yaml") == "b.yaml");
}

TEST_CASE("report: no byte of a scanned file is obeyed by a terminal") {
  for (const std::string& report :
       {text_report(testing::hostile_scan(), plain()), json_report(testing::hostile_scan()),
        sarif_report(testing::hostile_scan())}) {
    CHECK(report.find('\x1b') == std::string::npos);
    CHECK(report.find('\x07') == std::string::npos);
    CHECK(report.find('\r') == std::string::npos);
    CHECK(report.find("\xC2\x9B") == std::string::npos);
    CHECK(report.find("\xE2\x80\xAE") == std::string::npos);
    CHECK(report == valid_utf8(report));
    CHECK(report.find("\nfake: line") == std::string::npos);
  }
}

TEST_CASE("report: no line is wider than the page") {
  for (const std::size_t width : {60U, 80U, 100U}) {
    TextOptions options = plain();
    options.width = width;
    CHECK(widest_line(text_report(testing::everyday_scan(), options)) <= width);
  }
}

TEST_CASE("report: the same scan gives the same bytes") {
  CHECK(text_report(testing::everyday_scan(), plain()) ==
        text_report(testing::everyday_scan(), plain()));
  CHECK(sarif_report(testing::everyday_scan()) == sarif_report(testing::everyday_scan()));
}
