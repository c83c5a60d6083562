#include "scanner/formats/dpkg_status.h"

#include <doctest/doctest.h>

#include "scanner/root/memory_root.h"

using namespace plimsoll;

namespace {
constexpr std::string_view kStatus = "/var/lib/dpkg/status";

std::string stanza(const std::string& name, const std::string& status, const std::string& rest) {
  return "Package: " + name + "\nStatus: " + status + "\n" + rest + "\n";
}
}  // namespace

TEST_CASE("dpkg status: the version of what is installed") {
  struct Case {
    const char* why;
    std::string text;
    std::optional<std::string> version;
  };
  const Case cases[] = {
      {"installed", stanza("ssh", "install ok installed", "Version: 1:9.2p1-2\n"), "1:9.2p1-2"},
      {"an epoch of zero is not printed", stanza("ssh", "install ok installed", "Version: 0:9.2\n"),
       "9.2"},
      {"removed, only its configuration is left",
       stanza("ssh", "deinstall ok config-files", "Version: 9.2\n"), std::nullopt},
      {"held is installed", stanza("ssh", "hold ok installed", "Version: 9.2\n"), "9.2"},
      {"unpacked: its files are in place", stanza("ssh", "install ok unpacked", "Version: 9.2\n"),
       "9.2"},
      {"another package that names it",
       stanza("x", "install ok installed", "Version: 1\nDepends: ssh\n"), std::nullopt},
      {"a description that looks like a stanza's head",
       stanza("x", "install ok installed", "Version: 1\nDescription: y\n Package: ssh\n"),
       std::nullopt},
      {"a longer name", stanza("ssh-agent", "install ok installed", "Version: 1\n"), std::nullopt},
      {"the name's own field need not come first, field names have no case",
       "version: 3\nSTATUS: install ok installed\npackage:\tssh\n", "3"},
      {"of two that may be there side by side, one is removed",
       stanza("ssh", "install ok installed", "Architecture: i386\nMulti-Arch: same\nVersion: 1\n") +
           stanza("ssh", "deinstall ok config-files",
                  "Architecture: amd64\nMulti-Arch: same\nVersion: 2\n"),
       "1"},
      {"of two that may not, the later stands",
       stanza("ssh", "install ok installed", "Architecture: i386\nVersion: 1\n") +
           stanza("ssh", "deinstall ok config-files", "Architecture: amd64\nVersion: 2\n"),
       std::nullopt},
      {"no final newline", "Package: ssh\nStatus: install ok installed\nVersion: 4", "4"},
      {"empty", "", std::nullopt},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const auto root = Root::in_memory({{std::string(kStatus), c.text}});
    CHECK(installed_version(*root, "ssh") == c.version);
  }
}

TEST_CASE("dpkg status: the journal and the files of images count") {
  const auto journal = Root::in_memory(
      {{std::string(kStatus), stanza("a", "install ok installed", "Version: 1\n")},
       {"/var/lib/dpkg/updates/0001", stanza("a", "install ok installed", "Version: 2\n")},
       {"/var/lib/dpkg/updates/tmp.i", stanza("a", "install ok installed", "Version: 3\n")}});
  CHECK(installed_version(*journal, "a") == "2");
  const auto image =
      Root::in_memory({{"/var/lib/dpkg/status.d/base", "Package: base\nVersion: 12\n"},
                       {"/var/lib/dpkg/status.d/base.md5sums", "d41d8 etc/x\n"}});
  CHECK(installed_version(*image, "base") == "12");
  CHECK(read_dpkg_status(*image).errors.empty());
}

TEST_CASE("dpkg status: what dpkg would refuse is an error, the rest is still read") {
  struct Case {
    const char* why;
    const char* text;
    std::uint32_t line;
  };
  const Case cases[] = {
      {"no field", "Package: a\nnonsense\n\nPackage: b\nStatus: install ok installed\n", 2},
      {"a line of blanks", "Package: a\n \n\nPackage: b\nStatus: install ok installed\n", 2},
      {"twice", "Package: a\nVersion: 1\nVersion: 2\n\nPackage: b\nStatus: install ok installed\n",
       3},
      {"no name", "Version: 1\n\nPackage: b\nStatus: install ok installed\n", 1},
      {"two words of status",
       "Package: a\nStatus: install installed\n\nPackage: b\nStatus: install ok installed\n", 2},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const auto root = Root::in_memory({{std::string(kStatus), c.text}});
    const DpkgStatus status = read_dpkg_status(*root);
    REQUIRE(status.errors.size() == 1);
    CHECK(status.errors[0].where.line == c.line);
    REQUIRE_FALSE(status.packages.empty());
    CHECK(status.packages.back().name == "b");
    CHECK(status.packages.back().is_unpacked());
  }
  MemoryRoot denied;
  denied.add_file(kStatus, "");
  denied.deny(kStatus);
  CHECK(read_dpkg_status(denied).errors.size() == 1);
  CHECK_FALSE(read_dpkg_status(*Root::in_memory({})).present);
}
