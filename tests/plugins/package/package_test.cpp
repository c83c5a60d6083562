#include <doctest/doctest.h>

#include "scanner/probe/probe.h"

using namespace plimsoll;

namespace {

Facts read(const std::map<std::string, std::string>& files) {
  static const std::map<std::string, std::string, std::less<>> context;
  const auto root = Root::in_memory(files);
  return find_builtin_probe("package")->read({*root, context, {}, 1});
}

std::string text(const Fact& fact, std::size_t index) {
  const auto* value = std::get_if<std::string>(&fact.fields.at(index));
  return value == nullptr ? "-" : *value;
}

}  // namespace

TEST_CASE("package: rows are sorted, complete, and only of what has a state") {
  const Facts facts = read({{"/var/lib/dpkg/status",
                             "Package: Zlib\nStatus: install ok installed\nVersion: 1\n\n"
                             "Package: gone\nStatus: purge ok not-installed\n\n"
                             "Package: half\nStatus: install reinstreq half-installed\n\n"}});
  REQUIRE(facts.rows.size() == 2);
  CHECK(facts.gaps.empty());
  CHECK(text(facts.rows[0], 0) == "zlib");  // dpkg takes names in lower case
  CHECK(text(facts.rows[0], 6) == "zlib");  // no Source: its own
  CHECK(text(facts.rows[0], 7) == "1");
  CHECK(text(facts.rows[1], 0) == "half");
  CHECK(text(facts.rows[1], 1) == "-");  // no version yet
  CHECK(facts.rows[1].origin.line == 8);
}

TEST_CASE("package: a stanza that names its package twice is a gap, not a pass") {
  const Facts facts = read(
      {{"/var/lib/dpkg/status", "Package: a\nPackage: telnetd\nStatus: install ok installed\n"}});
  CHECK(facts.gaps.size() == 1);
}

TEST_CASE("package: no database, nothing to say") { CHECK_FALSE(read({}).not_applicable.empty()); }
