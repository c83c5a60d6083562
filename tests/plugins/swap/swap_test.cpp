#include <doctest/doctest.h>

#include "scanner/probe/probe.h"
#include "scanner/root/memory_root.h"

using namespace plimsoll;

namespace {

/// `device from on_disk encrypted`, a line a row; `?` for what is unknown.
std::string rows(const Root& root, std::size_t gaps = 0) {
  static const std::map<std::string, std::string, std::less<>> context;
  const Facts facts = find_builtin_probe("swap")->read({root, context, {}, 1});
  CHECK(facts.gaps.size() == gaps);
  std::string out;
  for (const Fact& fact : facts.rows) {
    for (std::size_t i = 0; i < 4; ++i) {
      const std::string text = to_text(fact.fields[i], i < 2 ? Type::text : Type::boolean);
      out += (i == 0 ? "" : " ") + (text.empty() ? "?" : text);
    }
    out += "\n";
  }
  return out;
}

}  // namespace

TEST_CASE("swap: what fstab and crypttab say") {
  struct Case {
    const char *why, *crypttab, *fstab, *expected;
    std::size_t gaps;
  };
  const Case cases[] = {
      {"none", "", "/dev/sda1 / ext4 defaults 0 1\n", "", 0},
      {"commented out, and not at boot", "",
       "#/dev/sda2 none swap\n/dev/sda3 none swap sw,noauto\n", "", 0},
      {"nothing is encrypted", "", "UUID=1 none swap sw 0 0\n", "UUID=1 fstab true false\n", 0},
      {"a volume of crypttab", "s /dev/sda2 /dev/urandom swap\n", "/dev/mapper/s none swap\n",
       "/dev/mapper/s fstab true true\n", 0},
      {"encrypted with nothing", "s /dev/sda2 /dev/urandom swap,cipher=cipher_null\n",
       "/dev/mapper/s none swap\n", "/dev/mapper/s fstab true false\n", 0},
      {"a partition beside one", "s /dev/sda2 none luks\n", "/dev/sda3 none swap\n",
       "/dev/sda3 fstab true false\n", 0},
      {"a partition by its number beside one", "s /dev/sda2 none luks\n", "PARTUUID=3 none swap\n",
       "PARTUUID=3 fstab true false\n", 0},
      {"LVM may lie on it", "s /dev/sda2 none luks\n", "/dev/mapper/vg-swap none swap\n",
       "/dev/mapper/vg-swap fstab true ?\n", 1},
      {"memory", "", "/dev/zram0 none swap\n", "/dev/zram0 fstab false ?\n", 0},
      {"a file is as its file system", "s /dev/sda2 none luks\n",
       "/dev/sda1 / ext4\n/dev/mapper/s /var ext4\n/var/swap none swap\n/swap none swap\n",
       "/var/swap fstab true true\n/swap fstab true false\n", 0},
      {"a file whose file system no line names", "", "/swap none swap\n", "/swap fstab true ?\n",
       1},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(rows(*Root::in_memory({{"/etc/crypttab", c.crypttab}, {"/etc/fstab", c.fstab}}),
               c.gaps) == c.expected);
  }
}

TEST_CASE("swap: units") {
  const auto root = [](const std::string& what, bool wanted, bool masked) {
    auto out = std::make_unique<MemoryRoot>();
    out->add_file("/usr/lib/systemd/system/dev-sda2.swap", "[Swap]\nWhat=" + what + "\n");
    if (wanted)
      out->add_link("/etc/systemd/system/swap.target.wants/dev-sda2.swap",
                    "/usr/lib/systemd/system/dev-sda2.swap");
    if (masked) out->add_link("/etc/systemd/system/dev-sda2.swap", "/dev/null");
    return out;
  };
  CHECK(rows(*root("/dev/sda2", true, false)) == "/dev/sda2 unit true false\n");
  CHECK(rows(*root("/dev/sda2", false, false)).empty());  // nothing starts it
  CHECK(rows(*root("/dev/sda2", true, true)).empty());
  CHECK(rows(*root("/dev/sda3", true, false)).empty());  // not what the name says
  auto masked = root("/dev/sda2", false, true);
  masked->add_file("/etc/fstab", "/dev/sda2 none swap sw 0 0\n");
  CHECK(rows(*masked).empty());
}

TEST_CASE("swap: a live host tells what a device is made of") {
  MemoryRoot root;
  root.set_live(true);
  root.add_file("/etc/crypttab", "c UUID=1 none luks\n");
  root.add_file("/etc/fstab", "/dev/mapper/vg-swap none swap sw 0 0\n");
  root.add_link("/dev/mapper/vg-swap", "../dm-1");
  root.add_file("/sys/class/block/dm-1/dm/uuid", "LVM-x\n");
  root.add_file("/sys/class/block/dm-1/slaves/dm-0/x", "");
  root.add_file("/sys/class/block/dm-0/dm/uuid", "CRYPT-LUKS2-x\n");
  root.add_file("/sys/class/block/sda2/size", "1\n");
  root.add_file("/proc/swaps",
                "Filename Type Size Used Priority\n/dev/dm-1 partition 9 0 -2\n"
                "/dev/sda2 partition 9 0 -3\n");
  CHECK(rows(root) == "/dev/mapper/vg-swap fstab true true\n/dev/sda2 running true false\n");
}

TEST_CASE("swap: what cannot be read is a gap") {
  for (const char* denied : {"/etc/crypttab", "/etc/fstab"}) {
    CAPTURE(denied);
    MemoryRoot root;
    root.add_file("/etc/fstab", "/dev/sda2 none swap sw 0 0\n");
    root.add_file("/etc/crypttab", "x");
    root.deny(denied);
    rows(root, 1);
  }
}
