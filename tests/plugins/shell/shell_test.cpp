#include <doctest/doctest.h>

#include "scanner/root/memory_root.h"
#include "tests/plugins/read_probe.h"

using namespace plimsoll;

namespace {

Facts read(const Root& root) { return read_probe("shell", root); }

struct Case {
  const char* why;
  const char* line;
  const char* path;  ///< null: no row
};

const Case kCases[] = {
    {"a path", "/bin/sh", "/bin/sh"},
    {"what follows a blank does not count", "/bin/sh -l", "/bin/sh"},
    {"a comment behind", "/bin/sh#x", "/bin/sh"},
    {"blanks before", "  /bin/sh", "/bin/sh"},
    {"a comment", "# /bin/sh", nullptr},
    {"no path", "sh", nullptr},
    {"the C library begins at the slash", "bin/sh", "/sh"},
};

}  // namespace

TEST_CASE("shell: lines are read as getusershell does") {
  for (const Case& c : kCases) {
    CAPTURE(c.why);
    const Facts facts = read(*Root::in_memory({{"/etc/shells", c.line}}));
    REQUIRE(facts.rows.size() == (c.path == nullptr ? 0 : 1));
    if (c.path != nullptr) CHECK(std::get<std::string>(facts.rows[0].fields[0]) == c.path);
  }
}

TEST_CASE("shell: what is there and what lets in") {
  const Facts facts =
      read(*Root::in_memory({{"/etc/shells", "/bin/sh\n/usr/sbin/nologin\n"}, {"/bin/sh", ""}}));
  REQUIRE(facts.rows.size() == 2);
  CHECK(std::get<bool>(facts.rows[0].fields[1]));
  CHECK(std::get<bool>(facts.rows[0].fields[2]));
  CHECK_FALSE(std::get<bool>(facts.rows[1].fields[1]));
  CHECK_FALSE(std::get<bool>(facts.rows[1].fields[2]));
}

TEST_CASE("shell: no file, and one that may not be read") {
  CHECK(read(*Root::in_memory({})).not_applicable == "there is no /etc/shells");
  MemoryRoot root;
  root.add_file("/etc/shells", "/bin/sh\n");
  root.deny("/etc/shells");
  CHECK(read(root).gaps.size() == 1);
}
