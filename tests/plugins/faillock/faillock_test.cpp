#include <doctest/doctest.h>

#include "scanner/root/memory_root.h"
#include "tests/plugins/read_probe.h"

using namespace plimsoll;

namespace {

using Files = std::map<std::string, std::string>;

Facts read(const Root& root) { return read_probe("faillock", root); }

struct Case {
  const char* why;
  Files files;
  const char* scope;
  const char* key;
  const char* value;   ///< null: no such setting
  std::uint32_t line;  ///< 0: a default
};

constexpr char kMain[] = "/etc/security/faillock.conf";

const Case kCases[] = {
    {"built-in default", {}, "", "deny", "3", 0},
    {"the last line stands", {{kMain, "deny = 5\ndeny = 4\n"}}, "", "deny", "4", 2},
    {"a commented line says nothing", {{kMain, "# deny = 5\n"}}, "", "deny", "3", 0},
    {"text behind a number does not count",
     {{kMain, "unlock_time = 900s\n"}},
     "",
     "unlock_time",
     "900",
     1},
    {"more than a week is not taken",
     {{kMain, "unlock_time = 900\nunlock_time = 604801\n"}},
     "",
     "unlock_time",
     "900",
     1},
    {"never is 0", {{kMain, "unlock_time = never\n"}}, "", "unlock_time", "0", 1},
    {"a negative number is far too long",
     {{kMain, "fail_interval = -1\n"}},
     "",
     "fail_interval",
     "900",
     0},
    {"deny is kept in 16 bits", {{kMain, "deny = 65536\n"}}, "", "deny", "0", 1},
    {"root follows unlock_time", {{kMain, "unlock_time = 60\n"}}, "", "root_unlock_time", "60", 0},
    {"unless it is set",
     {{kMain, "unlock_time = 60\nroot_unlock_time = 90\n"}},
     "",
     "root_unlock_time",
     "90",
     2},
    {"which does not lock root by itself",
     {{kMain, "root_unlock_time = 90\n"}},
     "",
     "even_deny_root",
     "0",
     0},
    {"a flag needs no value", {{kMain, "even_deny_root\n"}}, "", "even_deny_root", "1", 1},
    {"arguments beat the file",
     {{kMain, "deny = 3\n"},
      {"/etc/pam.d/common-auth", "auth required pam_faillock.so preauth deny=9\n"}},
     "/etc/pam.d/common-auth preauth",
     "deny",
     "9",
     1},
    {"each job has its own",
     {{"/etc/pam.d/common-auth",
       "auth required pam_faillock.so preauth deny=9\nauth [default=die] pam_faillock.so "
       "authfail\n"}},
     "/etc/pam.d/common-auth authfail",
     "deny",
     "3",
     0},
    {"in account it has none",
     {{"/etc/pam.d/common-account", "account required pam_faillock.so\n"}},
     "/etc/pam.d/common-account account",
     "deny",
     "3",
     0},
    {"conf= names another file",
     {{kMain, "deny = 3\n"},
      {"/etc/x", "deny = 7\n"},
      {"/etc/pam.d/common-auth", "auth required pam_faillock.so preauth conf=/etc/x\n"}},
     "/etc/pam.d/common-auth preauth",
     "deny",
     "7",
     1},
};

}  // namespace

TEST_CASE("faillock: files, arguments and defaults") {
  for (const Case& c : kCases) {
    CAPTURE(c.why);
    const Facts facts = read(*Root::in_memory(c.files));
    CHECK(facts.gaps.empty());
    const Fact* found = facts.find(c.key, c.scope);
    REQUIRE((found != nullptr) == (c.value != nullptr));
    if (found == nullptr) continue;
    CHECK(found->value == c.value);
    CHECK(found->origin.line == c.line);
  }
}

TEST_CASE("faillock: a missing conf= file is a gap for that call alone") {
  const Facts facts = read(*Root::in_memory(
      {{"/etc/pam.d/x", "auth required pam_faillock.so preauth conf=/etc/none\n"}}));
  REQUIRE(facts.gaps.size() == 1);
  CHECK(facts.gaps[0].subject == "/etc/pam.d/x preauth");
}
