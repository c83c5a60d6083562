#include <doctest/doctest.h>

#include "scanner/base/text.h"
#include "scanner/root/memory_root.h"
#include "tests/plugins/read_probe.h"

using namespace plimsoll;

namespace {

Facts read(const Root& root) { return read_probe("aliases", root); }

/// `name=targets>delivered_to` of each row.
std::string rows(const std::string& text) {
  std::string out;
  for (const Fact& row : read(*Root::in_memory({{"/etc/aliases", text}})).rows)
    out += std::get<std::string>(row.fields[0]) + "=" +
           join(std::get<std::vector<std::string>>(row.fields[1]), "|") + ">" +
           join(std::get<std::vector<std::string>>(row.fields[2]), "|") + "; ";
  return out;
}

}  // namespace

TEST_CASE("aliases: lines and where they lead") {
  struct Case {
    const char *why, *text, *want;
  };
  const Case cases[] = {
      {"names ignore case, blanks may stand around the colon", "Root : Bob\n", "root=Bob>Bob; "},
      {"a comment is one only at the start of a line", "#root: a\nroot: b#c\n", "root=b#c>b#c; "},
      {"a blank at the start continues", "root: a,\n b\n", "root=a|b>a|b; "},
      {"also over comments and empty lines", "root: a,\n# x\n\n\tb\n", "root=a|b>a|b; "},
      {"commas and colons in quotes", "\"a:b\": \"|c d,e\", f\n", "a:b=|c d,e|f>f||c d,e; "},
      {"the first line of a name counts", "root: a\nroot: b\n", "root=a>a; "},
      {"aliases of aliases", "root: x\nx: y, z\n", "root=x>y|z; x=y|z>y|z; "},
      {"back to itself is its own mailbox", "root: x, root\nx: root\n",
       "root=x|root>root; x=root>x; "},
      {"round in circles leads nowhere", "root: x\nx: y\ny: x\n", "root=x>; x=y>x; y=x>y; "},
      {"nobody at all", "root:\n", "root=>; "},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(rows(c.text) == c.want);
  }
}

TEST_CASE("aliases: what is no alias, or cannot be read, is a gap") {
  CHECK(read(*Root::in_memory({{"/etc/aliases", "root bob\n: x\n"}})).gaps.size() == 2);
  CHECK(read(*Root::in_memory({})).gaps.empty());
  MemoryRoot root;
  root.add_file("/etc/aliases", "root: bob\n");
  root.deny("/etc/aliases");
  CHECK(read(root).gaps.size() == 1);
}
