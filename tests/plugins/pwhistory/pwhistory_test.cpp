#include <doctest/doctest.h>

#include "scanner/root/memory_root.h"
#include "tests/plugins/read_probe.h"

using namespace plimsoll;

namespace {

using Files = std::map<std::string, std::string>;

Facts read(const Root& root) { return read_probe("pwhistory", root); }

struct Case {
  const char* why;
  Files files;
  const char* scope;
  const char* key;
  const char* value;   ///< null: no such setting
  std::uint32_t line;  ///< 0: a default
};

constexpr char kStatus[] = "/var/lib/dpkg/status";

const Case kCases[] = {
    {"default",
     {{"/etc/pam.d/common-password", "password required pam_pwhistory.so\n"}},
     "/etc/pam.d/common-password",
     "remember",
     "10",
     0},
    {"no call, no setting",
     {{"/etc/pam.d/common-password", "# password required pam_pwhistory.so remember=24\n"}},
     "/etc/pam.d/common-password",
     "remember",
     nullptr,
     0},
    {"the last argument stands",
     {{"/etc/pam.d/common-password",
       "password required pam_pwhistory.so remember=24 remember=2\n"}},
     "/etc/pam.d/common-password",
     "remember",
     "2",
     1},
    {"at most 400",
     {{"/etc/pam.d/common-password", "password required pam_pwhistory.so remember=1000\n"}},
     "/etc/pam.d/common-password",
     "remember",
     "400",
     1},
    {"no number is 0: nothing is remembered",
     {{"/etc/pam.d/common-password", "password required pam_pwhistory.so remember=many\n"}},
     "/etc/pam.d/common-password",
     "remember",
     "0",
     1},
    {"flags",
     {{"/etc/pam.d/common-password",
       "password required pam_pwhistory.so use_authtok enforce_for_root\n"}},
     "/etc/pam.d/common-password",
     "use_authtok",
     "1",
     1},
    {"Debian 12's version has no file",
     {{"/etc/security/pwhistory.conf", "remember = 24\n"},
      {kStatus,
       "Package: libpam-modules\nStatus: install ok installed\nVersion: 1.5.2-6+deb12u1\n\n"},
      {"/etc/pam.d/common-password", "password required pam_pwhistory.so\n"}},
     "/etc/pam.d/common-password",
     "remember",
     "10",
     0},
    {"later ones do, and its first line counts",
     {{"/etc/security/pwhistory.conf", "# x\nremember = 24\nremember = 2\n"},
      {kStatus, "Package: libpam-modules\nStatus: install ok installed\nVersion: 1.7.0-5\n\n"},
      {"/etc/pam.d/common-password", "password required pam_pwhistory.so\n"}},
     "/etc/pam.d/common-password",
     "remember",
     "24",
     2},
    {"arguments beat it",
     {{"/etc/security/pwhistory.conf", "remember = 24\n"},
      {kStatus, "Package: libpam-modules\nStatus: install ok installed\nVersion: 1.7.0-5\n\n"},
      {"/etc/pam.d/common-password", "password required pam_pwhistory.so remember=3\n"}},
     "/etc/pam.d/common-password",
     "remember",
     "3",
     1},
};

}  // namespace

TEST_CASE("pwhistory: files, arguments and defaults") {
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
