#include <doctest/doctest.h>

#include "plugins/os/mount/options.h"
#include "scanner/base/text.h"
#include "scanner/formats/mount_tables.h"
#include "scanner/probe/matcher.h"
#include "scanner/root/memory_root.h"
#include "tests/plugins/read_probe.h"

using namespace plimsoll;

namespace {

Facts read(const Root& root) { return read_probe("mount", root); }

/// `from options separate` of one mount point; `-` when there is no row.
std::string row(const Facts& facts, std::string_view mount_point) {
  for (const Fact& fact : facts.rows)
    if (std::get<std::string>(fact.fields[0]) == mount_point)
      return std::get<std::string>(fact.fields[4]) + " " + to_text(fact.fields[3], Type::set) +
             (std::get<bool>(fact.fields[7]) ? " separate" : " part");
  return "-";
}

std::string of(const std::map<std::string, std::string>& files, std::string_view mount_point) {
  return row(read(*Root::in_memory(files)), mount_point);
}

const std::string kUnit =
    "[Mount]\nWhat=/dev/u\nWhere=/"
    "srv\nType=ext4\nOptions=nodev\n[Install]\nWantedBy=local-fs.target\n";

}  // namespace

TEST_CASE("mount: which of fstab and the units decides") {
  struct Case {
    const char* why;
    std::map<std::string, std::string> files;
    const char* mount_point;
    const char* expected;
  };
  const Case cases[] = {
      {"an entry of fstab",
       {{"/etc/fstab", "/dev/a /srv ext4 nosuid 0 2\n"}},
       "/srv",
       "fstab nosuid separate"},
      {"systemd takes the first entry of a mount point",
       {{"/etc/fstab", "/dev/a /srv ext4 nosuid\n/dev/b /srv ext4 noexec\n"}},
       "/srv",
       "fstab nosuid separate"},
      {"a commented entry is none", {{"/etc/fstab", "#/dev/a /srv ext4 nosuid\n"}}, "/srv", "-"},
      {"a comment behind the options spoils the entry for mount(8), not for systemd",
       {{"/etc/fstab", "/dev/a /srv ext4 nosuid # note\n"}},
       "/srv",
       "fstab nosuid separate"},
      {"an administrator's unit beats fstab",
       {{"/etc/fstab", "/dev/a /srv ext4 nosuid\n"}, {"/etc/systemd/system/srv.mount", kUnit}},
       "/srv",
       "unit nodev part"},
      {"a vendor's unit does not",
       {{"/etc/fstab", "/dev/a /srv ext4 nosuid\n"}, {"/usr/lib/systemd/system/srv.mount", kUnit}},
       "/srv",
       "fstab nosuid separate"},
      {"a drop-in changes what comes from fstab",
       {{"/etc/fstab", "/dev/a /srv ext4 nosuid\n"},
        {"/etc/systemd/system/srv.mount.d/x.conf", "[Mount]\nOptions=noexec\n"}},
       "/srv",
       "fstab noexec separate"},
      {"an empty unit in /etc masks the entry",
       {{"/etc/fstab", "/dev/a /srv ext4 nosuid\n"}, {"/etc/systemd/system/srv.mount", ""}},
       "/srv",
       "-"},
      {"a unit whose Where= is not its name is refused",
       {{"/etc/systemd/system/opt.mount", kUnit}},
       "/opt",
       "-"},
      {"what the generator left behind of an entry that is gone",
       {{"/run/systemd/generator/srv.mount", "[Unit]\nSourcePath=/etc/fstab\n" + kUnit}},
       "/srv",
       "-"},
      {"noauto is not mounted at boot",
       {{"/etc/fstab", "/dev/a /srv ext4 noauto\n"}},
       "/srv",
       "fstab noauto part"},
      {"unless an automount waits for it",
       {{"/etc/fstab", "/dev/a /srv ext4 noauto,x-systemd.automount\n"}},
       "/srv",
       "fstab noauto,x-systemd.automount separate"},
      {"systemd's own mounts",
       {{"/usr/lib/systemd/systemd", "x"}},
       "/dev/shm",
       "systemd rw,nosuid,nodev,mode=1777 separate"},
      {"take the options of fstab when it is remounted",
       {{"/usr/lib/systemd/systemd", "x"}, {"/etc/fstab", "tmpfs /dev/shm tmpfs noexec\n"}},
       "/dev/shm",
       "fstab noexec separate"},
      {"swap and files without a mount point are no mounts",
       {{"/etc/fstab", "/dev/a none swap sw\n/dev/b swap swap sw\n"}},
       "none",
       "-"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(of(c.files, c.mount_point) == c.expected);
  }
}

TEST_CASE("mount: a unit is mounted at boot when a link wants it") {
  MemoryRoot root;
  root.add_file("/etc/systemd/system/srv.mount", kUnit);
  root.add_link("/etc/systemd/system/local-fs.target.wants/srv.mount", "../srv.mount");
  CHECK(row(read(root), "/srv") == "unit nodev separate");
}

TEST_CASE("mount: on a live host an option counts when it is configured and running") {
  MemoryRoot root;
  root.set_live(true);
  root.add_file("/etc/fstab", "/dev/a /srv ext4 nosuid,nodev\n/dev/b /opt ext4 nodev\n");
  root.add_file("/proc/self/mountinfo",
                "1 0 8:1 / / rw,relatime shared:1 - ext4 /dev/r rw\n"
                "2 1 8:2 / /srv rw,nodev,noexec - ext4 /dev/a rw,errors=x\n"
                "3 1 8:3 / /mnt\\040x ro - vfat /dev/c ro\n"
                "broken line\n");
  const Facts facts = read(root);
  CHECK(row(facts, "/srv") == "fstab nodev separate");
  CHECK(row(facts, "/opt") == "fstab nodev separate");
  CHECK(row(facts, "/mnt x") == "running ro separate");
}

TEST_CASE("mount: options that contradict or imply others") {
  const std::pair<const char*, const char*> cases[] = {
      {"noexec,exec", "exec"},
      {"noexec,defaults", "noexec"},
      {"user", "nosuid,nodev,noexec,user"},
      {"user,exec", "nosuid,nodev,user,exec"},
      {"owner", "nosuid,nodev,owner"},
      {"ro,,rw,ro", "ro"},
      {"context=\"a,b\",nodev", "context=\"a,b\",nodev"},
      {"", ""}};
  for (const auto& [options, expected] : cases) {
    const std::string text(options);
    CAPTURE(text);
    CHECK(join(effective_options(text), ",") == expected);
  }
}

TEST_CASE("mount: an unreadable fstab or drop-in is a gap") {
  MemoryRoot root;
  root.add_file("/etc/fstab", "/dev/a /srv ext4 nosuid\n");
  root.deny("/etc/fstab");
  CHECK(read(root).gaps.size() == 1);
  MemoryRoot other;
  other.add_file("/etc/fstab", "/dev/a /srv ext4 nosuid\n");
  other.add_file("/etc/systemd/system/srv.mount.d/x.conf", "[Mount]\nOptions=dev\n");
  other.deny("/etc/systemd/system/srv.mount.d/x.conf");
  const Facts facts = read(other);
  REQUIRE(facts.gaps.size() == 1);
  CHECK(facts.gaps[0].subject == "/srv");
}
