#include <doctest/doctest.h>

#include "scanner/report/facts_jsonl.h"
#include "scanner/root/memory_root.h"
#include "tests/plugins/read_probe.h"

using namespace plimsoll;

namespace {

Facts read(const Root& root) { return read_probe("shell-profile", root); }

struct Case {
  const char* why;
  const char* profile;
  const char* part;  ///< of the first row's JSON
};

const Case kCases[] = {
    {"octal with and without zeros", "umask 27\n", R"("mask":"0027")"},
    {"symbolic: what is named stays allowed", "umask u=rwx,g=rx,o=\n", R"("mask":"0027")"},
    {"a mask that leaves something as it was is not known", "umask g-w\n", R"("mask":null)"},
    {"options are no mask", "umask -S 077\n", R"("mask":"0077")"},
    {"a number", "TMOUT=600\n", R"("number":600)"},
    {"not a number", "TMOUT=${X:-600}\n", R"("value":"${X:-600}","number":null)"},
    {"flags", "declare -xr TMOUT=600\n", R"("exported":true,"read_only":true)"},
    {"flags behind", "TMOUT=600\nreadonly TMOUT\nexport TMOUT\n",
     R"("exported":true,"read_only":true)"},
    {"an empty part of PATH", "PATH=/bin:\n", R"("elements":["/bin","."],"relative":true)"},
    {"a variable in PATH is no relative part", "PATH=$PATH:/bin\n", R"("relative":false)"},
    {"inside if", "if x; then TMOUT=1; fi\n", R"("conditional":true)"},
};

}  // namespace

TEST_CASE("shell-profile: what a line sets") {
  for (const Case& c : kCases) {
    CAPTURE(c.why);
    const Facts facts = read(*Root::in_memory({{"/etc/profile", c.profile}}));
    REQUIRE_FALSE(facts.rows.empty());
    const std::string json = facts_jsonl(*find_builtin_probe("shell-profile"), facts, false);
    CAPTURE(json);
    CHECK(json.substr(0, json.find('\n')).find(c.part) != std::string::npos);
  }
}

TEST_CASE("shell-profile: comments and other programs' variables are no rows") {
  CHECK(read(*Root::in_memory({{"/etc/profile", "# TMOUT=1\nTMOUT=1 program\necho TMOUT=1\n"}}))
            .rows.empty());
  CHECK(read(*Root::in_memory({{"/etc/profile.d/a.csh", "TMOUT=1\n"}})).rows.empty());
}

TEST_CASE("shell-profile: what cannot be read is a gap") {
  CHECK(read(*Root::in_memory({{"/etc/profile", "A='b\n"}})).gaps.size() == 1);
  MemoryRoot root;
  root.add_file("/root/.profile", "umask 0\n", 0600);
  root.deny("/root/.profile");
  CHECK(read(root).gaps.size() == 1);
}
