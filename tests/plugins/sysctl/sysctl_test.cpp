#include <doctest/doctest.h>

#include "plugins/os/sysctl/sysctl_key.h"
#include "scanner/evaluate/doubt.h"
#include "scanner/probe/probe.h"
#include "scanner/root/memory_root.h"

using namespace plimsoll;

namespace {

Facts read(const Root& root, std::initializer_list<const char*> asked = {}) {
  static const std::map<std::string, std::string, std::less<>> context;
  std::vector<Selection> selections;
  for (const char* key : asked) {
    auto matcher = Matcher::compile(Op::equals, Type::text, {key});
    REQUIRE(matcher.has_value());
    selections.push_back({{{Predicate::On::key, 0, *matcher}}, {}});
  }
  return find_builtin_probe("sysctl")->read({root, context, selections, 1});
}

}  // namespace

TEST_CASE("sysctl: the value that is written last") {
  struct Case {
    const char* why;
    std::map<std::string, std::string> files;
    const char* value;
    const char* from;
    std::uint32_t line;
  };
  const Case cases[] = {
      {"a later base name wins over an earlier one, whatever the directory",
       {{"/etc/sysctl.d/10-a.conf", "kernel.sysrq = 1\n"},
        {"/usr/lib/sysctl.d/90-b.conf", "kernel.sysrq = 0\n"}},
       "0",
       "/usr/lib/sysctl.d/90-b.conf",
       1},
      {"a file hides its namesake in a later directory",
       {{"/etc/sysctl.d/50-a.conf", "# nothing\nkernel.sysrq=1"},
        {"/usr/lib/sysctl.d/50-a.conf", "kernel.sysrq = 0\n"}},
       "1",
       "/etc/sysctl.d/50-a.conf",
       2},
      {"slashes separate as well",
       {{"/etc/sysctl.d/a.conf", "kernel/sysrq=3\n"}},
       "3",
       "/etc/sysctl.d/a.conf",
       1},
      {"a dash before an assignment only forgives failure",
       {{"/etc/sysctl.d/a.conf", "kernel.sysrq=1\n-kernel.sysrq = 4\n"}},
       "4",
       "/etc/sysctl.d/a.conf",
       2},
      {"a comment after the value belongs to the value",
       {{"/etc/sysctl.d/a.conf", "kernel.sysrq = 0 # off\n"}},
       "0 # off",
       "/etc/sysctl.d/a.conf",
       1},
      {"a semicolon comments a line out",
       {{"/etc/sysctl.d/a.conf", "kernel.sysrq=1\n ;kernel.sysrq=0\r\n"}},
       "1",
       "/etc/sysctl.d/a.conf",
       1},
      {"a carriage return ends a line",
       {{"/etc/sysctl.d/a.conf", "x=1\rkernel.sysrq=5\r"}},
       "5",
       "/etc/sysctl.d/a.conf",
       1},
      {"hidden files and other suffixes do not count",
       {{"/etc/sysctl.d/a.conf", "kernel.sysrq=1\n"},
        {"/etc/sysctl.d/.z.conf", "kernel.sysrq=2\n"},
        {"/etc/sysctl.d/z.conf.bak", "kernel.sysrq=3\n"},
        {"/etc/sysctl.conf", "kernel.sysrq=4\n"}},
       "1",
       "/etc/sysctl.d/a.conf",
       1},
      {"an empty value is a value",
       {{"/etc/sysctl.d/a.conf", "kernel.sysrq=\n"}},
       "",
       "/etc/sysctl.d/a.conf",
       1},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const Facts facts = read(*Root::in_memory(c.files));
    const Fact* sysrq = facts.find("kernel.sysrq");
    REQUIRE(sysrq != nullptr);
    CHECK(sysrq->value == c.value);
    CHECK(sysrq->origin.file == c.from);
    CHECK(sysrq->origin.line == c.line);
    CHECK(facts.gaps.empty());
  }
}

TEST_CASE("sysctl: how a key is spelled") {
  struct Case {
    const char *key, *path, *spelled;
  };
  const Case cases[] = {
      {"net.ipv4.conf.eth0/100.rp_filter", "net/ipv4/conf/eth0.100/rp_filter",
       "net.ipv4.conf.eth0/100.rp_filter"},
      {"net/ipv4/conf/eth0.100/rp_filter", "net/ipv4/conf/eth0.100/rp_filter",
       "net.ipv4.conf.eth0/100.rp_filter"},
      {"/kernel//sysrq/", "kernel/sysrq", "kernel.sysrq"},
      {".kernel.sysrq", "kernel/sysrq", "kernel.sysrq"},
      {"kernel/./sysrq", "kernel/sysrq", "kernel.sysrq"},
      {"", "", ""},
  };
  for (const Case& c : cases) {
    CAPTURE(c.key);
    CHECK(sysctl_path(c.key) == c.path);
    CHECK(sysctl_key(c.path) == c.spelled);
  }
  CHECK(path_matches("net/ipv4/conf/*/rp_filter", "net/ipv4/conf/eth0.100/rp_filter"));
  CHECK_FALSE(path_matches("net/*", "net/ipv4/ip_forward"));  // a wildcard stops at a slash
}

TEST_CASE("sysctl: a rule sees what a pattern does to its key") {
  struct Case {
    const char* why;
    const char* text;
    const char* value;  // null: no row
  };
  const Case cases[] = {
      {"a pattern sets it", "net.ipv4.conf.*.rp_filter=1\n", "1"},
      {"the last pattern that matches",
       "net.ipv4.conf.*.rp_filter=1\nnet.ipv4.conf.a*.rp_filter=2\n", "2"},
      {"a pattern that repeats its value keeps its place",
       "net.ipv4.conf.*.rp_filter=1\nnet.ipv4.conf.a*.rp_filter=2\nnet.ipv4.conf.*.rp_filter=1\n",
       "2"},
      {"one that changes it moves to the end",
       "net.ipv4.conf.*.rp_filter=1\nnet.ipv4.conf.a*.rp_filter=2\nnet.ipv4.conf.*.rp_filter=0\n",
       "0"},
      {"a plain key beats a later pattern",
       "net.ipv4.conf.all.rp_filter=0\nnet.ipv4.conf.*.rp_filter=1\n", "0"},
      {"an exclusion keeps patterns away",
       "-net.ipv4.conf.all.rp_filter\nnet.ipv4.conf.*.rp_filter=1\n", nullptr},
      {"a wildcard does not cross parts", "net.*.rp_filter=1\n", nullptr},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const Facts facts =
        read(*Root::in_memory({{"/etc/sysctl.d/a.conf", c.text}}), {"net.ipv4.conf.all.rp_filter"});
    const Fact* found = facts.find("net.ipv4.conf.all.rp_filter");
    REQUIRE((found != nullptr) == (c.value != nullptr));
    if (found != nullptr) CHECK(found->value == c.value);
  }
}

TEST_CASE("sysctl: a rule sees /etc/sysctl.conf where procps reads it and nothing else decides") {
  std::map<std::string, std::string> files = {{"/etc/sysctl.conf", "kernel.sysrq = 0\n"}};
  CHECK(read(*Root::in_memory(files), {"kernel.sysrq"}).find("kernel.sysrq") == nullptr);
  files["/usr/sbin/sysctl"] = "";
  CHECK(read(*Root::in_memory(files)).rows.empty());  // facts are what systemd applies
  const Facts facts = read(*Root::in_memory(files), {"kernel.sysrq"});
  CHECK(facts.find("kernel.sysrq")->origin.file == "/etc/sysctl.conf");
  files["/usr/lib/sysctl.d/a.conf"] = "kernel.sysrq = 1\n";
  CHECK(read(*Root::in_memory(files), {"kernel.sysrq"}).find("kernel.sysrq")->value == "1");
}

TEST_CASE("sysctl: running values are those of the live host, and only of keys that it has") {
  MemoryRoot root;
  root.add_file("/etc/sysctl.d/a.conf", "kernel.sysrq = 0\n");
  root.add_file("/proc/sys/kernel/sysrq", "438\n");
  root.add_file("/proc/sys/net/ipv4/ping_group_range", "1\t0\n");
  root.add_file("/proc/sys/net/core/bpf_jit_harden", "2\n");
  root.deny("/proc/sys/net/core/bpf_jit_harden");
  CHECK(read(root).find("kernel.sysrq", "running") == nullptr);  // somebody else's /proc/sys
  root.set_live(true);
  CHECK(read(root).find("kernel.sysrq", "running")->value == "438");
  const Facts facts = read(root, {"kernel.sysrq", "net.ipv4.ping_group_range", "net.ipv6.none",
                                  "net.core.bpf_jit_harden"});
  CHECK(facts.find("kernel.sysrq")->value == "0");
  CHECK(facts.find("net.ipv4.ping_group_range", "running")->value == "1 0");
  CHECK(facts.find("net.ipv6.none", "running") == nullptr);
  REQUIRE(facts.gaps.size() == 1);  // there, but not for this user
  // The rule about that key is unknown, the others are not.
  CHECK(is_about(facts.gaps[0], "running", "net.core.bpf_jit_harden"));
  CHECK_FALSE(is_about(facts.gaps[0], "running", "kernel.sysrq"));
  CHECK_FALSE(is_about(facts.gaps[0], "", "net.core.bpf_jit_harden"));
}

TEST_CASE("sysctl: what cannot be read is a gap, a link to nothing is not") {
  MemoryRoot root;
  root.add_file("/etc/sysctl.d/a.conf", "kernel.sysrq = 0\n");
  root.deny("/etc/sysctl.d/a.conf");
  root.add_link("/etc/sysctl.d/b.conf", "nowhere");
  root.add_special("/etc/sysctl.d/c.conf", FileType::fifo);
  root.add_file("/etc/sysctl.d/d.conf", "x=" + std::string(1U << 21U, 'y') + "\nkernel.sysrq=1\n");
  const Facts facts = read(root);
  CHECK(facts.gaps.size() == 3);
  CHECK(facts.rows.empty());
}
