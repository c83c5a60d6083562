#include <doctest/doctest.h>

#include "scanner/root/memory_root.h"
#include "tests/plugins/read_probe.h"

using namespace plimsoll;

namespace {

Facts read(const Root& root) { return read_probe("systemd-conf", root); }

std::string values(const std::map<std::string, std::string>& files, std::string_view key,
                   std::string_view scope = "journald.conf [Journal]") {
  const auto root = Root::in_memory(files);
  std::string out;
  for (const Fact& fact : read(*root).rows)
    if (fact.key == key && fact.scope == scope) out += (out.empty() ? "" : "|") + fact.value;
  return out;
}

}  // namespace

TEST_CASE("systemd-conf: precedence, sections and values") {
  struct Case {
    const char* why;
    std::map<std::string, std::string> files;
    const char* key;
    const char* expected;
    const char* scope = "journald.conf [Journal]";
  };
  const std::string main = "/etc/systemd/journald.conf";
  const Case cases[] = {
      {"the default where nothing is set",
       {{main, "#[Journal]\n#Storage=none\n"}},
       "storage",
       "auto"},
      {"the last value stands",
       {{main, "[Journal]\nStorage=none\nStorage=volatile\n"}},
       "storage",
       "volatile"},
      {"a vendor's drop-in beats the administrator's main file",
       {{main, "[Journal]\nStorage=persistent\n"},
        {"/usr/lib/systemd/journald.conf.d/a.conf", "[Journal]\nStorage=none\n"}},
       "storage",
       "none"},
      {"drop-ins sort by name whatever their directory",
       {{"/etc/systemd/journald.conf.d/10.conf", "[Journal]\nStorage=persistent\n"},
        {"/usr/lib/systemd/journald.conf.d/20.conf", "[Journal]\nStorage=none\n"}},
       "storage",
       "none"},
      {"of equal names the first directory decides",
       {{"/etc/systemd/journald.conf.d/10.conf", ""},
        {"/usr/lib/systemd/journald.conf.d/10.conf", "[Journal]\nStorage=none\n"}},
       "storage",
       "auto"},
      {"a key counts in its section alone", {{main, "[Login]\nStorage=none\n"}}, "storage", "auto"},
      {"and outside of any not at all", {{main, "Storage=none\n"}}, "storage", "auto"},
      {"an invalid value is passed over",
       {{main, "[Journal]\nStorage=disk\nCompress=maybe\n"}},
       "compress",
       "yes"},
      {"compress may be a size", {{main, "[Journal]\nCompress=1M\n"}}, "compress", "1M"},
      {"a broken header ends all reading",
       {{main, "[Journal]\nSeal=no\n[Journal\nStorage=none\n"},
        {"/etc/systemd/journald.conf.d/a.conf", "[Journal]\nCompress=no\n"}},
       "compress",
       "yes"},
      {"an old name is printed as the new one",
       {{main, "[Journal]\nRateLimitInterval=5s\n"}},
       "ratelimitintervalsec",
       "5s"},
      {"lists grow, and are reset by an empty assignment",
       {{"/etc/systemd/timesyncd.conf", "[Time]\nNTP=a\nNTP=\nNTP=b c\nServers=d\n"}},
       "ntp",
       "b c|d",
       "timesyncd.conf [Time]"},
      {"logind has its own section",
       {{"/etc/systemd/logind.conf", "[Login]\nRemoveIPC=no\n"}},
       "removeipc",
       "no",
       "logind.conf [Login]"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(values(c.files, c.key, c.scope) == c.expected);
  }
}

TEST_CASE("systemd-conf: files are listed as they are read") {
  CHECK(values({{"/etc/systemd/journald.conf", ""},
                {"/usr/lib/systemd/journald.conf.d/b.conf", "x"},
                {"/run/systemd/journald.conf.d/a.conf", ""},
                {"/etc/systemd/journald.conf.d/.c.conf", ""}},
               "@file", "journald.conf") ==
        "/etc/systemd/journald.conf|/run/systemd/journald.conf.d/a.conf|"
        "/usr/lib/systemd/journald.conf.d/b.conf");
}

TEST_CASE("systemd-conf: no systemd, or an unreadable file") {
  CHECK(!read(*Root::in_memory({})).not_applicable.empty());
  MemoryRoot root;
  root.add_file("/etc/systemd/logind.conf", "[Login]\n");
  root.deny("/etc/systemd/logind.conf");
  const Facts facts = read(root);
  REQUIRE(facts.gaps.size() == 1);
  CHECK(facts.gaps[0].subject == "logind.conf");
}
