#include <doctest/doctest.h>

#include "scanner/root/memory_root.h"
#include "tests/plugins/read_probe.h"

using namespace plimsoll;

namespace {

using Files = std::map<std::string, std::string>;

Facts read(const Root& root) { return read_probe("pwquality", root); }

struct Case {
  const char* why;
  Files files;
  const char* scope;
  const char* key;
  const char* value;   ///< null: no such setting
  std::uint32_t line;  ///< 0: a default
};

constexpr char kMain[] = "/etc/security/pwquality.conf";

const Case kCases[] = {
    {"built-in default", {}, "", "minlen", "8", 0},
    {"the last line of a file stands",
     {{kMain, "minlen = 14\nminlen = 10\n"}},
     "",
     "minlen",
     "10",
     2},
    {"a commented line says nothing", {{kMain, "# minlen = 14\n"}}, "", "minlen", "8", 0},
    {"a comment ends a line anywhere", {{kMain, "minlen = 14 # not 20\n"}}, "", "minlen", "14", 1},
    {"the main file is read after the directory",
     {{kMain, "minlen = 10\n"}, {"/etc/security/pwquality.conf.d/99.conf", "minlen = 20\n"}},
     "",
     "minlen",
     "10",
     1},
    {"the directory counts where the main file is silent",
     {{kMain, "\n"}, {"/etc/security/pwquality.conf.d/a.conf", "minlen = 20\n"}},
     "",
     "minlen",
     "20",
     1},
    {"names in the directory must end in .conf",
     {{"/etc/security/pwquality.conf.d/a.conf.bak", "minlen = 20\n"}},
     "",
     "minlen",
     "8",
     0},
    {"less than 6 is 6", {{kMain, "minlen = 3\n"}}, "", "minlen", "6", 1},
    {"more than four classes are four", {{kMain, "minclass = 9\n"}}, "", "minclass", "4", 1},
    {"names ignore case, blanks will do for =", {{kMain, "MINLEN 12\n"}}, "", "minlen", "12", 1},
    {"an unknown name ends the reading",
     {{kMain, "minlen = 9\nminimum = 3\nminlen = 14\n"}},
     "",
     "minlen",
     "9",
     1},
    {"so does a number with text behind it",
     {{kMain, "difok = 5\nminlen = 14x\ndifok = 9\n"}},
     "",
     "difok",
     "5",
     1},
    {"an error in the directory keeps the main file unread",
     {{kMain, "minlen = 14\n"}, {"/etc/security/pwquality.conf.d/a.conf", "oops\n"}},
     "",
     "minlen",
     "8",
     0},
    {"a flag is on where it is named",
     {{kMain, "enforce_for_root = 0\n"}},
     "",
     "enforce_for_root",
     "1",
     1},
    {"an argument beats the files",
     {{kMain, "minlen = 14\n"},
      {"/etc/pam.d/common-password", "password requisite pam_pwquality.so retry=3 minlen=7\n"}},
     "/etc/pam.d/common-password",
     "minlen",
     "7",
     1},
    {"but not for others",
     {{kMain, "minlen = 14\n"},
      {"/etc/pam.d/common-password", "password requisite pam_pwquality.so minlen=7\n"}},
     "",
     "minlen",
     "14",
     1},
    {"an argument that is not taken changes nothing",
     {{"/etc/pam.d/common-password", "password requisite pam_pwquality.so minlen=many\n"}},
     "/etc/pam.d/common-password",
     "minlen",
     "8",
     0},
    {"a commented call is none",
     {{"/etc/pam.d/common-password", "#password requisite pam_pwquality.so minlen=7\n"}},
     "/etc/pam.d/common-password",
     "minlen",
     nullptr,
     0},
    {"the second call of a file",
     {{"/etc/pam.d/common-password",
       "password requisite pam_pwquality.so minlen=7\npassword requisite pam_pwquality.so "
       "minlen=9\n"}},
     "/etc/pam.d/common-password #2",
     "minlen",
     "9",
     2},
    {"a call that services include is one call",
     {{"/etc/pam.d/common-password", "password requisite pam_pwquality.so\n"},
      {"/etc/pam.d/passwd", "@include common-password\n"},
      {"/etc/pam.d/login", "@include common-password\n"}},
     "/etc/pam.d/passwd",
     "minlen",
     nullptr,
     0},
};

}  // namespace

TEST_CASE("pwquality: files, arguments and defaults") {
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

TEST_CASE("pwquality: what was overridden is kept with its place") {
  const Facts facts =
      read(*Root::in_memory({{kMain, "minlen = 14\n"},
                             {"/etc/pam.d/x", "password required pam_pwquality.so minlen=6\n"}}));
  const Fact* found = facts.find("minlen", "/etc/pam.d/x");
  REQUIRE(found != nullptr);
  REQUIRE(found->shadowed.size() == 1);
  CHECK(found->shadowed[0].value == "14");
  CHECK(found->shadowed[0].origin == Origin{kMain, 1, 1});
}

TEST_CASE("pwquality: a file that may not be read is a gap") {
  MemoryRoot root;
  root.add_file(kMain, "minlen = 14\n", 0600);
  root.deny(kMain);
  CHECK(read(root).gaps.size() == 1);
}
