#include <doctest/doctest.h>

#include "scanner/root/memory_root.h"
#include "tests/plugins/read_probe.h"

using namespace plimsoll;

namespace {

Facts read(const Root& root) { return read_probe("apparmor", root); }

/// `name mode` of each row.
std::string profiles(const Facts& facts) {
  std::string out;
  for (const Fact& row : facts.rows)
    out += std::get<std::string>(row.fields[0]) + " " + std::get<std::string>(row.fields[1]) + "; ";
  return out;
}

}  // namespace

TEST_CASE("apparmor: profiles and modes") {
  struct Case {
    const char *why, *text, *want;
  };
  const Case cases[] = {
      {"by path, without flags", "/usr/bin/x {\n}\n", "/usr/bin/x enforce; "},
      {"flags in both forms", "profile a flags=(complain) { }\nprofile b (kill) { }\n",
       "a complain; b kill; "},
      {"several flags, with commas or blanks",
       "profile a flags = ( attach_disconnected complain ) { }\n", "a complain; "},
      {"another list before",
       "profile a xattrs=(x=y, complain) flags=(mediate_deleted, complain) { }\n", "a complain; "},
      {"not of xattrs", "profile a xattrs=(x=complain) { }\n", "a enforce; "},
      {"children have flags of their own",
       "/x flags=(complain) {\n ^h { }\n hat i flags=(complain) { }\n profile k { }\n}\n",
       "/x complain; /x//h enforce; /x//i complain; /x//k enforce; "},
      {"braces of paths and of conditions",
       "/{usr/,}x {\n /{,**} r,\n if $A { /b r, } else { /c r, }\n /a\\{b r,\n}\nprofile b { }\n",
       "/{usr/,}x enforce; b enforce; "},
      {"comments and includes",
       "#include <a>\n# profile n {\ninclude if exists <b>\nabi <abi/3.0>,\n@{V}=/a/{b,c} /d\n$B = "
       "true\nprofile a { #c {\n}\n",
       "a enforce; "},
      {"a name in quotes", "profile \"a {b\" /x { }\n\"/c d\" { }\n",
       "a {b enforce; /c d enforce; "},
      {"a list in a rule",
       "profile a {\n signal (send, receive) peer=b,\n set rlimit nofile <= 1,\n}\n",
       "a enforce; "},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const Facts facts = read(*Root::in_memory({{"/etc/apparmor.d/f", c.text}}));
    CHECK(facts.gaps.empty());
    CHECK(profiles(facts) == c.want);
  }
}

TEST_CASE("apparmor: which files, and what overrides them") {
  MemoryRoot root;
  for (const char* name : {"a", "b", "c", ".d", "e~", "f.dpkg-new", "README", "abstractions/g"})
    root.add_file(std::string("/etc/apparmor.d/") + name,
                  std::string("profile ") + name[0] + " { }\n");
  root.add_link("/etc/apparmor.d/disable/b", "/nowhere");
  root.add_link("/etc/apparmor.d/force-complain/c", "../c");
  root.add_file("/sys/kernel/security/apparmor/profiles", "x y (enforce)\nz (unconfined)\n");
  const Facts facts = read(root);
  CHECK(facts.gaps.empty());
  CHECK(profiles(facts) == "a enforce; b disabled; c complain; x y enforce; z unconfined; ");
}

TEST_CASE("apparmor: broken, not there, not readable") {
  CHECK_FALSE(read(*Root::in_memory({})).not_applicable.empty());
  std::string deep = "profile a ";
  for (int i = 0; i < 70; ++i) deep += "{ if $x ";
  for (const std::string& wrong :
       {std::string("profile a {\n"), std::string("}\n"), std::string("x {\n}\n"), deep}) {
    CAPTURE(wrong);
    CHECK(read(*Root::in_memory({{"/etc/apparmor.d/f", wrong}})).gaps.size() == 1);
  }
  MemoryRoot root;
  root.add_file("/etc/apparmor.d/f", "");
  root.deny("/etc/apparmor.d/f");
  CHECK(read(root).gaps.size() == 1);
}
