#include <doctest/doctest.h>

#include "scanner/probe/probe.h"
#include "scanner/root/memory_root.h"

using namespace plimsoll;

namespace {

Facts read(const Root& root) {
  static const std::map<std::string, std::string, std::less<>> context;
  return find_builtin_probe("time-sync")->read({root, context, {}, 1});
}

/// `key value` of what files say.
std::string settings(const Facts& facts) {
  std::string out;
  for (const Fact& row : facts.rows)
    if (!row.origin.is_default() && !row.key.starts_with('@'))
      out += row.key + " " + row.value + "; ";
  return out;
}

}  // namespace

TEST_CASE("time-sync: directives of chrony") {
  struct Case {
    const char *why, *text, *want;
  };
  const Case cases[] = {
      {"blanks count as one, names have no case", " Server\ta  iburst \r\n", "server a iburst; "},
      {"servers add up, other directives do not", "server a\nport 1\nserver b\nport 2\n",
       "server a; port 2; server b; "},
      {"four kinds of comment", "!port 1\n#port 1\n;port 1\n  %port 1\n", ""},
      {"an include works in place", "include /i/*\nport 2\n", "server i; port 2; "},
      {"a pattern that matches nothing", "include /none/*\nport 2\n", "port 2; "},
      {"the first directory's file hides its namesake, all are read by name",
       "confdir /b /a /none\n", "server b1; server a2; "},
      {"sources are read last", "sourcedir /s\nserver a\n", "sourcedir /s; server a; server s; "},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const Facts facts = read(*Root::in_memory({{"/etc/chrony/chrony.conf", c.text},
                                               {"/i/x", "server i\nport 1\n"},
                                               {"/a/1.conf", "server a1\n"},
                                               {"/a/2.conf", "server a2\n"},
                                               {"/a/.3.conf", "server a3\n"},
                                               {"/b/1.conf", "server b1\n"},
                                               {"/s/x.sources", "server s\n"},
                                               {"/s/x.conf", "server no\n"}}));
    CHECK(facts.gaps.empty());
    std::string want = c.want;
    if (want == "server i; port 2; ") CHECK(facts.find("port", "chrony")->shadowed.size() == 1);
    CHECK(settings(facts) == want);
  }
}

TEST_CASE("time-sync: what stops chronyd is a gap") {
  for (const char* wrong : {"bogus 1", "server", "include", "include /none", "confdir",
                            "include /loop", "sourcedir /s", "confdir 1 2 3 4 5 6 7 8 9 10 11"}) {
    CAPTURE(wrong);
    const Facts facts = read(*Root::in_memory({{"/etc/chrony/chrony.conf", wrong},
                                               {"/loop", "include /loop\n"},
                                               {"/s/x.sources", "port 1\n"}}));
    CHECK(facts.gaps.size() == 1);
  }
}

TEST_CASE("time-sync: not there, not readable, defaults") {
  CHECK_FALSE(read(*Root::in_memory({})).not_applicable.empty());
  CHECK(read(*Root::in_memory({{"/etc/chrony/chrony.conf", ""}})).find("user", "chrony")->value ==
        "_chrony");
  MemoryRoot root;
  root.add_file("/etc/chrony/chrony.conf", "confdir /d\n");
  root.add_directory("/d");
  root.deny("/d");
  CHECK(read(root).gaps.size() == 1);
}
