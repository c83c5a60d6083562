#include <doctest/doctest.h>

#include "plugins/os/process/files_in_use.h"
#include "scanner/base/text.h"
#include "scanner/formats/processes.h"
#include "scanner/root/memory_root.h"
#include "tests/plugins/read_probe.h"

using namespace plimsoll;

namespace {

enum Column : std::size_t {
  name,
  pid,
  ppid,
  uid,
  executable,
  state,
  outdated,
  started,
  unit,
  container,
  changed
};

Facts read(const Root& root) { return read_probe("process", root); }

std::string text(const Fact& row, Column field) {
  const Value& value = row.fields[field];
  if (const auto* words = std::get_if<std::string>(&value)) return *words;
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) return join(*list, ",");
  if (const auto* yes = std::get_if<bool>(&value)) return *yes ? "yes" : "no";
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  return "-";
}

struct One {
  int pid = 0;
  std::string name = "a", cgroup = "0::/system.slice/a.service\n", exe = "/usr/bin/a", maps = {};
  int parent = 1;
  long start = 1000;  ///< ticks
  std::string name_spaces = "7";
};

void add(MemoryRoot& root, const One& one) {
  const std::string dir = "/proc/" + std::to_string(one.pid);
  root.add_file(dir + "/stat", std::to_string(one.pid) + " (" + one.name + ") S " +
                                   std::to_string(one.parent) +
                                   " 1 1 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0 " +
                                   std::to_string(one.start) + " 0 0\n");
  root.add_file(dir + "/status",
                "Name:\ta\nUid:\t1000\t33\t1000\t1000\nNSpid:\t" + one.name_spaces + "\n");
  root.add_file(dir + "/cgroup", one.cgroup);
  root.add_file(dir + "/maps", one.maps);
  root.add_link(dir + "/exe", one.exe);
}

/// Files in memory were written at kFileTime; ticks are counted from this boot.
void boot(MemoryRoot& root, std::int64_t before_files) {
  root.add_file("/proc/stat",
                "cpu  1 2\nbtime " + std::to_string(MemoryRoot::kFileTime - before_files) + "\n");
}

}  // namespace

TEST_CASE("process: the fields of /proc/PID/stat") {
  const std::string tail = " S 3 1 1 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0 42 0 0\n";
  struct Case {
    const char* why;
    std::string text;
    const char* name;
  };
  const Case cases[] = {
      {"plain", "7 (sshd)" + tail, "sshd"},
      {"blanks and parentheses in the name", "7 (a) R 9 (b)" + tail, "a) R 9 (b"},
      {"empty", "7 ()" + tail, ""},
      {"a newline and a backslash, which are not escaped here", "7 (a\nb\\n)" + tail, "a\nb\\n"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const auto stat = parse_process_stat(c.text);
    REQUIRE(stat);
    CHECK(stat->name == c.name);
    CHECK(stat->pid == 7);
    CHECK(stat->parent == 3);
    CHECK(stat->start == 42);
    CHECK_FALSE(stat->kernel_thread);
  }
  for (const char* wrong :
       {"", "7", "7 (a", "7 (a)", "7 (a) S 1", ") (", "x (a) S 1 1 1 0 -1 4194560"})
    CHECK_FALSE(parse_process_stat(wrong));
  CHECK(parse_process_stat("2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 20 0 1 0 9 0 0\n")
            ->kernel_thread);
}

TEST_CASE("process: the unit in a cgroup path is the one of sd_pid_get_unit(3)") {
  struct Case {
    const char* why;
    const char* cgroups;
    const char* top;
    const char* unit;
  };
  const Case cases[] = {
      {"version 2", "0::/system.slice/ssh.service\n", "", "ssh.service"},
      {"slices in slices", "0::/system.slice/system-getty.slice/getty@tty1.service\n", "",
       "getty@tty1.service"},
      {"a group of the service's own below it", "0::/system.slice/docker.service/x/y\n", "",
       "docker.service"},
      {"the user manager is the unit, not what it started",
       "0::/user.slice/user-1000.slice/user@1000.service/app.slice/a.service\n", "",
       "user@1000.service"},
      {"a session", "0::/user.slice/user-0.slice/session-3.scope\n", "", "session-3.scope"},
      {"the manager itself", "0::/init.scope\n", "", "init.scope"},
      {"version 1: the hierarchy of systemd, whatever the others say",
       "4:memory:/system.slice/x.service\n1:name=systemd:/system.slice/cron.service\n0::/\n", "",
       "cron.service"},
      {"both, and only the unified one is used", "1:name=systemd:/\n0::/system.slice/a.service\n",
       "", "a.service"},
      {"version 1 without systemd", "2:cpu:/system.slice/a.service\n1:name=systemd:/\n", "", ""},
      {"a reserved name is escaped", "0::/system.slice/_cpu.service\n", "", "cpu.service"},
      {"no service manager", "0::/\n", "", ""},
      {"no unit, as Docker without systemd has it", "0::/docker/0123456789ab\n", "", ""},
      {"the manager of a container", "0::/docker/0123/system.slice/a.service\n", "/docker/0123",
       "a.service"},
      {"outside of the manager's groups", "0::/other/system.slice/a.service\n", "/docker/0123", ""},
      {"slices alone", "0::/system.slice\n", "", ""},
      {"nothing", "", "", ""},
      {"a colon in the path", "0::/system.slice/a:b.service\n", "", "a:b.service"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(unit_in_cgroups(c.cgroups, c.top) == c.unit);
  }
}

TEST_CASE("process: code that is gone from where it was") {
  const auto map = [](std::string_view perms, std::string_view path) {
    return std::string("7f00-7f01 ").append(perms).append(" 00000000 08:01 42    ").append(path) +
           "\n";
  };
  CHECK(removed_code(map("r-xp", "/usr/lib/b.so (deleted)") +
                     map("r-xp", "/usr/lib/a.so (deleted)") +
                     map("r-xp", "/usr/lib/b.so (deleted)")) ==
        std::vector<std::string>{"/usr/lib/a.so", "/usr/lib/b.so"});
  const std::string harmless[] = {
      map("r-xp", "/usr/lib/a.so"),
      map("rw-p", "/usr/lib/a.so (deleted)"),
      map("r-xs", "/dev/zero (deleted)"),
      map("rwxs", "/memfd:jit (deleted)"),
      map("r-xp", "/tmp/ffi (deleted)"),
      map("rwxs", "/SYSV00000000 (deleted)"),
      map("r-xp", "/usr/lib/a (deleted).so"),
      map("r-xp", "[vdso]"),
      " (deleted)\n",
      "x (deleted)",
  };
  for (const std::string& maps : harmless) CHECK(removed_code(maps).empty());
}

TEST_CASE("process: whether the program is what is there now") {
  struct Case {
    const char* why;
    const char* exe;
    const char* name_spaces;
    const char* program;
    const char* state;
  };
  const Case cases[] = {
      {"it is", "/usr/bin/a", "7", "/usr/bin/a", "present"},
      {"another file has its name", "/usr/bin/a (deleted)", "7", "/usr/bin/a", "replaced"},
      {"none has", "/usr/bin/gone (deleted)", "7", "/usr/bin/gone", "deleted"},
      {"from memory", "/memfd:a (deleted)", "7", "/memfd:a", "deleted"},
      {"names in a container are others", "/usr/bin/a (deleted)", "7 1", "/usr/bin/a", "unlinked"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    MemoryRoot root;
    boot(root, 0);
    root.add_file("/usr/bin/a", "");
    add(root, {.pid = 7, .exe = c.exe, .name_spaces = c.name_spaces});
    const Facts facts = read(root);
    REQUIRE(facts.rows.size() == 1);
    CHECK(facts.gaps.empty());
    CHECK(text(facts.rows[0], executable) == c.program);
    CHECK(text(facts.rows[0], state) == c.state);
    CHECK(text(facts.rows[0], uid) == "33");
    CHECK(text(facts.rows[0], started) == "2026-01-01T00:00:10Z");
  }
}

TEST_CASE("process: configuration that is newer than the start") {
  struct Case {
    const char* why;
    One main, other;
    std::map<std::string, std::string> files;
    const char* changed;
  };
  // Boot is 1000 s before the files were written: 100000 ticks.
  const std::string ssh = "0::/system.slice/ssh.service\n",
                    web = "0::/system.slice/nginx.service\n";
  const std::string mail = "0::/system.slice/system-postfix.slice/postfix@-.service\n";
  const One none{};
  const Case cases[] = {
      {"written after the start",
       {7, "sshd", ssh},
       none,
       {{"/etc/ssh/sshd_config", ""}},
       "/etc/ssh/sshd_config"},
      {"written before it",
       {7, "sshd", ssh, "", "", 1, 200000},
       none,
       {{"/etc/ssh/sshd_config", ""}},
       "-"},
      {"within the tolerance",
       {7, "sshd", ssh, "", "", 1, 99900},
       none,
       {{"/etc/ssh/sshd_config", ""}},
       "-"},
      {"just outside of it",
       {7, "sshd", ssh, "", "", 1, 99800},
       none,
       {{"/etc/ssh/sshd_config", ""}},
       "/etc/ssh/sshd_config"},
      {"reloaded: it wrote its id again",
       {7, "sshd", ssh},
       none,
       {{"/etc/ssh/sshd_config", ""}, {"/run/sshd.pid", "7\n"}},
       "-"},
      {"the id is of another process",
       {7, "sshd", ssh},
       none,
       {{"/etc/ssh/sshd_config", ""}, {"/run/sshd.pid", "77\n"}},
       "/etc/ssh/sshd_config"},
      {"reloaded: new workers",
       {7, "nginx", web},
       {8, "nginx", web, "", "", 7, 200000},
       {{"/etc/nginx/nginx.conf", ""}},
       "-"},
      {"workers of before",
       {7, "nginx", web},
       {8, "nginx", web, "", "", 7, 1001},
       {{"/etc/nginx/nginx.conf", ""}},
       "/etc/nginx/nginx.conf"},
      {"an smtpd that was started for a connection proves nothing",
       {7, "master", mail},
       {8, "smtpd", mail, "", "", 7, 200000},
       {{"/etc/postfix/main.cf", ""}},
       "/etc/postfix/main.cf"},
      {"a new queue manager does",
       {7, "master", mail},
       {8, "qmgr", mail, "", "", 7, 200000},
       {{"/etc/postfix/main.cf", ""}},
       "-"},
      {"unit file and drop-in",
       {7, "own"},
       none,
       {{"/etc/systemd/system/a.service", "[Service]\n"},
        {"/etc/systemd/system/a.service.d/b.conf", "[Service]\n"}},
       "/etc/systemd/system/a.service,/etc/systemd/system/a.service.d/b.conf"},
      {"what the manager writes itself",
       {7, "own"},
       none,
       {{"/run/systemd/generator/a.service", "[Service]\n"},
        {"/etc/systemd/system.control/a.service.d/50-CPUWeight.conf", "[Service]\n"}},
       "-"},
      {"a child is not what a restart starts",
       {7, "own", ssh, "", "", 8},
       {8, "own", ssh, "", "", 1, 200000},
       {{"/etc/systemd/system/ssh.service", "[Service]\n"}},
       "-"},
      {"nor is one that an earlier run left",
       {7, "sshd", ssh},
       {8, "sshd", ssh, "", "", 1, 200000},
       {{"/etc/ssh/sshd_config", ""}},
       "-"},
      {"no service",
       {7, "sshd", "0::/user.slice/user-0.slice/session-3.scope\n"},
       none,
       {{"/etc/ssh/sshd_config", ""}},
       "-"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    MemoryRoot root;
    boot(root, 1000);
    for (const auto& [path, content] : c.files) root.add_file(path, content);
    add(root, c.main);
    if (c.other.pid != 0) add(root, c.other);
    const Facts facts = read(root);
    CHECK(facts.gaps.empty());
    REQUIRE_FALSE(facts.rows.empty());
    CHECK(text(facts.rows[0], changed) == c.changed);
  }
}

TEST_CASE("process: what may not be looked at is unknown, and only that") {
  MemoryRoot root;
  boot(root, 0);
  add(root, {.pid = 7, .maps = "x"});
  root.deny("/proc/7/maps");
  const Facts facts = read(root);
  REQUIRE(facts.rows.size() == 1);
  CHECK(text(facts.rows[0], name) == "a");
  CHECK(text(facts.rows[0], outdated) == "-");
  REQUIRE(facts.gaps.size() == 1);
  CHECK(facts.gaps[0].subject == "a");
  CHECK(facts.gaps[0].fields.back() == "outdated");
}

TEST_CASE("process: one that cannot be told is a gap; its directory is still there") {
  MemoryRoot root;
  boot(root, 0);
  root.add_directory("/proc/7");
  root.add_file("/proc/8/stat", "rubbish");
  root.add_directory("/proc/x7");
  const Facts facts = read(root);
  CHECK(facts.rows.empty());
  CHECK(facts.gaps.size() == 2);
}

TEST_CASE("process: without the time of boot no start is known") {
  MemoryRoot root;
  root.add_file("/etc/systemd/system/a.service", "[Service]\n");
  add(root, {.pid = 7});
  const Facts facts = read(root);
  REQUIRE(facts.rows.size() == 1);
  CHECK(text(facts.rows[0], started) == "-");
  REQUIRE(facts.gaps.size() == 1);
  CHECK(facts.gaps[0].fields.front() == "started");
}

TEST_CASE("process: a tree that is no running host") {
  const auto empty = Root::in_memory({{"/etc/hostname", "x\n"}});
  CHECK_FALSE(read(*empty).not_applicable.empty());
}
