#include <doctest/doctest.h>

#include "scanner/probe/probe.h"
#include "scanner/root/memory_root.h"

using namespace plimsoll;

namespace {

Facts read(const Root& root) {
  static const std::map<std::string, std::string, std::less<>> context;
  return find_builtin_probe("dconf")->read({root, context, {}, 1});
}

/// `key value` of one profile's settings.
std::string settings(const Facts& facts) {
  std::string out;
  for (const Fact& row : facts.rows)
    if (row.scope == "user") out += row.key + " " + row.value + "; ";
  return out;
}

}  // namespace

TEST_CASE("dconf: values of one database") {
  struct Case {
    const char *why, *text, *want;
  };
  const Case cases[] = {
      {"the last line stands, what is wrong before it does not matter", "[a]\nk=x\nk = 2 \n",
       "/a/k 2; "},
      {"strings in the quotes that dconf prints", "[a]\nk=\"x\"\nl=\"it's\"\nm='say \\\"y\\\"'\n",
       "/a/k 'x'; /a/l \"it's\"; /a/m 'say \"y\"'; "},
      {"integers without their type", "[a]\nk=uint32 5\nl=[1,2]\n", "/a/k 5; /a/l [1, 2]; "},
      {"keys at the top and below", "[/]\nk=true\n[a/b]\nc/d=false\n", "/a/b/c/d false; /k true; "},
      {"comments", "# [a]\n[b]\n#k=1\n", ""},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const Facts facts = read(*Root::in_memory(
        {{"/etc/dconf/profile/user", "system-db:x\n"}, {"/etc/dconf/db/x.d/f", c.text}}));
    CHECK(facts.gaps.empty());
    CHECK(settings(facts) == c.want);
  }
}

TEST_CASE("dconf: the text of the banner") {
  struct Case {
    const char *why, *value, *want;  ///< nothing wanted: no such row
  };
  const Case cases[] = {
      {"without its quotes", "'for staff'", "for staff"},
      {"whichever they are", "\"it's ours\"", "it's ours"},
      {"escapes stay", "'a\\nb'", "a\\nb"},
      {"nothing is a text, too", "''", ""},
      {"a number is none", "7", nullptr},
      {"nor is a list", "['a', 'b']", nullptr},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const Facts facts = read(*Root::in_memory(
        {{"/etc/dconf/profile/gdm", "system-db:gdm\n"},
         {"/etc/dconf/db/gdm.d/a",
          std::string("[org/gnome/login-screen]\nbanner-message-text=") + c.value + "\n"}}));
    const Fact* text = facts.find("@banner-text", "gdm");
    CHECK((text != nullptr) == (c.want != nullptr));
    if (text != nullptr && c.want != nullptr) CHECK(text->value == c.want);
  }
}

TEST_CASE("dconf: one wrong line and dconf keeps the old database") {
  for (const char* wrong :
       {"k=1", "[a", "[a]\nk", "[a]\n=1", "[/a]\nk=1", "[a/]\nk=1", "[a//b]\nk=1",
        "[a]\nk=", "[a]\nk=soon", "[a]\nk='x", "[a]\nk=1 # c", "[a]\nk=[1"}) {
    CAPTURE(wrong);
    const Facts facts = read(*Root::in_memory(
        {{"/etc/dconf/profile/user", "system-db:x\n"}, {"/etc/dconf/db/x.d/f", wrong}}));
    REQUIRE(facts.gaps.size() == 1);
    CHECK(facts.gaps[0].subject == "user");
  }
}

TEST_CASE("dconf: profiles, databases and locks") {
  MemoryRoot root;
  root.add_file("/etc/dconf/profile/user", "user-db:user\nsystem-db:a # c\nsystem-db:b\n");
  root.add_file("/usr/share/dconf/profile/user", "system-db:never\n");
  root.add_file("/etc/dconf/db/a.d/1", "[x]\nfree=1\nlocked=1\n");
  root.add_file("/etc/dconf/db/b.d/1", "[x]\nfree=2\nlocked=2\nlow=2\n");
  root.add_file("/etc/dconf/db/b.d/locks/1", "/x/locked\n# /x/free\n");
  const Facts facts = read(root);
  CHECK(facts.gaps.empty());
  CHECK(settings(facts) == "@lock /x/locked; /x/free 1; /x/locked 2; /x/low 2; ");
}

TEST_CASE("dconf: gdm's own file") {
  const auto gdm = [](const char* text) {
    return read(*Root::in_memory({{"/etc/gdm3/daemon.conf", text}}));
  };
  const char* const scope = "gdm3/daemon.conf [xdmcp]";
  CHECK(gdm("[xdmcp]\nEnable=true\n").find("enable", scope)->value == "true");
  CHECK(gdm("[daemon]\nEnable=true\n").find("enable", scope)->origin.is_default());
  CHECK(gdm("Enable=true\n").gaps.size() == 1);
}

TEST_CASE("dconf: not there, not readable, compiled") {
  CHECK_FALSE(read(*Root::in_memory({})).not_applicable.empty());
  CHECK(read(*Root::in_memory({{"/etc/dconf/profile/gdm", "file-db:/x\n"}})).gaps.size() == 1);
  MemoryRoot root;
  root.add_file("/etc/dconf/profile/user", "system-db:x\n");
  root.add_file("/etc/dconf/db/x.d/f", "");
  root.deny("/etc/dconf/db/x.d/f");
  CHECK(read(root).gaps.size() == 1);
}
