#include <doctest/doctest.h>

#include "scanner/root/memory_root.h"
#include "tests/plugins/read_probe.h"

using namespace plimsoll;

namespace {
Facts read(const Root& root) { return read_probe("login-defs", root); }
}  // namespace

TEST_CASE("login-defs: the value that shadow works with") {
  struct Case {
    const char *why, *text, *key, *value;
    std::uint32_t line;  // 0: a default
  };
  const Case cases[] = {
      {"the last line stands", "PASS_MAX_DAYS 90\nPASS_MAX_DAYS 365\n", "pass_max_days", "365", 2},
      {"commented out", "#PASS_MAX_DAYS 90\n", "pass_max_days", "-1", 0},
      {"a comment behind the number makes it none", "PASS_MAX_DAYS 90 # days\n", "pass_max_days",
       "-1", 0},
      {"an equals sign belongs to the name", "PASS_MAX_DAYS=90 x\n", "pass_max_days", "-1", 0},
      {"names have a case", "pass_max_days 90\n", "pass_max_days", "-1", 0},
      {"a name alone", "PASS_MAX_DAYS\n", "pass_max_days", "-1", 0},
      {"quotes vanish", "ENCRYPT_METHOD \"YESCRYPT\"x\r\n", "encrypt_method", "YESCRYPT", 1},
      {"without a method it is DES", "", "encrypt_method", "DES", 0},
      {"or MD5", "MD5_CRYPT_ENAB Yes\n", "encrypt_method", "MD5", 0},
      {"an octal mask", "UMASK\t027\n", "umask", "0027", 1},
      {"a mask without a leading zero is decimal", "UMASK 27\n", "umask", "0033", 1},
      {"homes follow the mask", "UMASK 077\n", "home_mode", "0700", 0},
      {"unless they have a mode", "UMASK 022\nHOME_MODE 0750\n", "home_mode", "0750", 2},
      {"true is not yes", "USERGROUPS_ENAB true\n", "usergroups_enab", "no", 1},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const Facts facts = read(*Root::in_memory({{"/etc/login.defs", c.text}}));
    const Fact* found = facts.find(c.key);
    REQUIRE(found != nullptr);
    CHECK(found->value == c.value);
    CHECK(found->origin.line == c.line);
    CHECK(found->origin.is_default() == (c.line == 0));
  }
}

TEST_CASE("login-defs: useradd's own defaults") {
  struct Case {
    const char *why, *text, *value;
    std::uint32_t line;
  };
  const Case cases[] = {
      {"set", "INACTIVE=30\n", "30", 1},
      {"a blank before the name", " INACTIVE=30\n", "-1", 0},
      {"a blank after the number", "INACTIVE=30 \n", "-1", 0},
      {"the last line stands, good or not", "INACTIVE=30\nINACTIVE=never\n", "-1", 0},
      {"commented out", "# INACTIVE=30\n", "-1", 0},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const Facts facts =
        read(*Root::in_memory({{"/etc/login.defs", ""}, {"/etc/default/useradd", c.text}}));
    const Fact* found = facts.find("inactive", "useradd");
    REQUIRE(found != nullptr);
    CHECK(found->value == c.value);
    CHECK(found->origin.line == c.line);
  }
}

TEST_CASE("login-defs: not there, not readable") {
  CHECK_FALSE(read(*Root::in_memory({})).not_applicable.empty());
  // useradd without the file works with its defaults
  CHECK(read(*Root::in_memory({{"/usr/sbin/useradd", ""}})).find("umask")->value == "0022");
  MemoryRoot root;
  root.add_file("/etc/login.defs", "UMASK 077\n");
  root.deny("/etc/login.defs");
  const Facts facts = read(root);
  CHECK(facts.find("umask") == nullptr);  // no default for what could not be read
  CHECK(facts.gaps.size() == 1);
}
