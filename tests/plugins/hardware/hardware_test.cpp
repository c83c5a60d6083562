#include <doctest/doctest.h>

#include "scanner/root/memory_root.h"
#include "tests/plugins/read_probe.h"

using namespace plimsoll;

namespace {

Facts read(const Root& root) { return read_probe("hardware", root); }

std::string value(const Facts& facts, std::string_view key, std::string_view scope = {}) {
  const Fact* found = facts.find(key, scope);
  return found == nullptr ? "-" : found->value;
}

}  // namespace

TEST_CASE("hardware: 64 bits of the processor and of the kernel") {
  struct Case {
    const char* why;
    std::map<std::string, std::string> files;
    const char* processor;
    const char* kernel;
  };
  const Case cases[] = {
      {"both",
       {{"/proc/cpuinfo", "flags\t\t: fpu lm\n"}, {"/proc/sys/kernel/arch", "x86_64\n"}},
       "yes",
       "yes"},
      {"a 32-bit kernel on a 64-bit processor",
       {{"/proc/cpuinfo", "model name\t: lm\nflags\t\t: fpu lm nx\n"},
        {"/proc/sys/kernel/arch", "i686\n"}},
       "yes",
       "no"},
      {"`lm` is a word of its own, and of the flags",
       {{"/proc/cpuinfo", "bugs : lm\nflags\t\t: fpu lahf_lm\n"},
        {"/proc/sys/kernel/arch", "i686\n"}},
       "no",
       "no"},
      {"another architecture",
       {{"/proc/cpuinfo", "CPU architecture: 8\n"}, {"/proc/sys/kernel/arch", "aarch64\n"}},
       "yes",
       "yes"},
      {"an older kernel does not tell", {{"/proc/cpuinfo", "flags : lm\n"}}, "yes", "-"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    auto files = c.files;
    files.emplace("/sys/class/net/lo/flags", "0x9\n");
    const Facts facts = read(*Root::in_memory(files));
    CHECK(facts.gaps.empty());
    CHECK(value(facts, "processor_64bit") == c.processor);
    CHECK(value(facts, "kernel_64bit") == c.kernel);
  }
}

TEST_CASE("hardware: wireless interfaces, and whether they are up") {
  MemoryRoot root;
  root.add_file("/proc/cpuinfo", "flags : lm\n");
  root.add_file("/sys/class/net/eth0/flags", "0x1003\n");
  root.add_file("/sys/class/net/bonding_masters", "\n");
  root.add_file("/sys/devices/wlan0/flags", "0x1003\n");
  root.add_link("/sys/devices/wlan0/phy80211", "../phy0");
  root.add_link("/sys/class/net/wlan0", "../../devices/wlan0");
  root.add_file("/sys/class/net/old0/flags", "0x1002\n");
  root.add_directory("/sys/class/net/old0/wireless");
  root.add_file("/sys/class/net/odd0/flags", "up\n");
  root.add_directory("/sys/class/net/odd0/wireless");
  const Facts facts = read(root);
  CHECK(value(facts, "wireless", "interface > wlan0") == "up");
  CHECK(value(facts, "wireless", "interface > old0") == "down");
  CHECK(value(facts, "wireless", "interface > eth0") == "-");
  REQUIRE(facts.gaps.size() == 1);
  CHECK(facts.gaps[0].subject == "interface > odd0");
}

TEST_CASE("hardware: what cannot be read is a gap, and no host is not applicable") {
  MemoryRoot root;
  root.add_file("/proc/cpuinfo", "flags : lm\n");
  root.deny("/proc/cpuinfo");
  CHECK(read(root).gaps.size() == 2);  // nor is there a /sys
  CHECK_FALSE(read(*Root::in_memory({{"/etc/hostname", "x\n"}})).not_applicable.empty());
}
