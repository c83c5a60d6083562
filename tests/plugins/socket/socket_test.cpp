#include <doctest/doctest.h>

#include "plugins/os/socket/socket_table.h"
#include "scanner/base/text.h"
#include "scanner/root/memory_root.h"
#include "tests/plugins/read_probe.h"

using namespace plimsoll;

namespace {

constexpr std::string_view kHead =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout "
    "inode\n";

std::string line(std::string_view local, std::string_view state, int inode) {
  std::string out = "  12: ";
  return out.append(local)
      .append(" 00000000:0000 ")
      .append(state)
      .append(" 00000000:00000000 00:00000000 00000000  1000        0 ")
      .append(std::to_string(inode))
      .append(" 2 0000000000000000 0\n");
}

std::string table(std::string_view rows) { return std::string(kHead).append(rows); }

Facts read(const Root& root) { return read_probe("socket", root); }

std::string text(const Fact& row, std::size_t field) {
  const Value& value = row.fields[field];
  if (const auto* words = std::get_if<std::string>(&value)) return *words;
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) return join(*list, ",");
  if (const auto* yes = std::get_if<bool>(&value)) return *yes ? "yes" : "no";
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  return "-";
}

constexpr std::size_t kLoopback = 5, kPids = 8, kProcess = 9, kUnit = 10;

void add_process(MemoryRoot& root, int pid, const std::string& name, const std::string& cgroup) {
  const std::string dir = "/proc/" + std::to_string(pid);
  root.add_file(dir + "/stat", std::to_string(pid) + " (" + name +
                                   ") S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 100 0 0\n");
  root.add_file(dir + "/cgroup", cgroup);
}

}  // namespace

TEST_CASE("socket: addresses as the kernel prints them") {
  struct Case {
    const char* why;
    const char* file;
    const char* local;
    const char* socket;
    bool loopback;
  };
  const Case cases[] = {
      {"all of IPv4", "tcp", "00000000:0016", "tcp 0.0.0.0:22", false},
      {"words are little endian", "tcp", "0100007F:FFFF", "tcp 127.0.0.1:65535", true},
      {"all of 127.0.0.0/8 is loopback", "udp", "FEFFFF7F:0035", "udp 127.255.255.254:53", true},
      {"127 in the wrong place is not", "tcp", "7F000001:0001", "tcp 1.0.0.127:1", false},
      {"all of IPv6", "tcp6", "00000000000000000000000000000000:0016", "tcp [::]:22", false},
      {"IPv6 loopback", "udp6", "00000000000000000000000001000000:007B", "udp [::1]:123", true},
      {"IPv4 loopback inside IPv6", "tcp6", "0000000000000000FFFF00000100007F:1F90",
       "tcp [::ffff:127.0.0.1]:8080", true},
      {"another IPv4 address inside IPv6", "tcp6", "0000000000000000FFFF00000100A8C0:1F90",
       "tcp [::ffff:192.168.0.1]:8080", false},
      {"127 in a longer address is not loopback", "tcp6", "B80D0120000000000000FFFF0100007F:0050",
       "tcp [2001:db8::ffff:0:7f00:1]:80", false},
      {"link-local", "udp6", "000080FE00000000FF005450B6AD1DFE:0222",
       "udp [fe80::5054:ff:fe1d:adb6]:546", false},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    MemoryRoot root;
    const bool udp = std::string_view(c.file).starts_with("udp");
    root.add_file("/proc/net/tcp", table(""));
    root.add_file("/proc/net/udp", table(""));
    root.add_file(std::string("/proc/net/") + c.file, table(line(c.local, udp ? "07" : "0A", 5)));
    const Facts facts = read(root);
    CHECK(facts.gaps.empty());
    REQUIRE(facts.rows.size() == 1);
    CHECK(text(facts.rows[0], 0) == c.socket);
    CHECK(text(facts.rows[0], kLoopback) == (c.loopback ? "yes" : "no"));
    CHECK(facts.rows[0].origin.line == 2);
  }
}

TEST_CASE("socket: what does not listen is no row") {
  MemoryRoot root;
  root.add_file("/proc/net/tcp",
                table(line("00000000:0016", "01", 1) + line("00000000:0016", "06", 0)));
  root.add_file("/proc/net/udp", table(line("00000000:0016", "01", 3)));
  const Facts facts = read(root);
  CHECK(facts.rows.empty());
  CHECK(facts.gaps.empty());
}

TEST_CASE("socket: a table that is none is a gap, and the rest is still told") {
  const char* cases[] = {"",
                         "not a table\n",
                         "  sl local\n   0: 00000000:0016 00000000:0000 0A\n",
                         "  sl local\n   0: 0000000g:0016 0:0 0A 0:0 0:0 0 0 0 1\n",
                         "  sl local\n   0: 00000000:0016 0:0 0A 0:0 0:0 0 0 0 x\n",
                         "  sl local\n   0: 0000000000:16 0:0 0A 0:0 0:0 0 0 0 1\n"};
  for (const char* content : cases) {
    CAPTURE(content);
    MemoryRoot root;
    root.add_file("/proc/net/tcp", content);
    root.add_file("/proc/net/udp", table(line("00000000:0016", "07", 1)));
    const Facts facts = read(root);
    CHECK(facts.rows.size() == 1);
    REQUIRE(facts.gaps.size() == 1);
    CHECK(facts.gaps[0].error.where.file == "/proc/net/tcp");
  }
}

TEST_CASE("socket: the process and unit that hold it") {
  MemoryRoot root;
  root.add_file("/proc/net/tcp",
                table(line("00000000:0016", "0A", 11) + line("00000000:0050", "0A", 12) +
                      line("00000000:006F", "0A", 13) + line("00000000:0801", "0A", 0)));
  root.add_file("/proc/net/udp", table(""));
  add_process(root, 1, "systemd", "0::/init.scope\n");
  add_process(root, 20, "worker (1)", "0::/system.slice/web.service\n");
  add_process(root, 100, "worker (2)", "0::/system.slice/web.service\n");
  root.add_link("/proc/1/fd/40", "socket:[12]");
  root.add_link("/proc/1/fd/41", "socket:[13]");
  root.add_link("/proc/20/fd/3", "socket:[12]");
  root.add_link("/proc/20/fd/4", "socket:[12]");
  root.add_link("/proc/20/fd/5", "/dev/null");
  root.add_link("/proc/20/fd/6", "pipe:[11]");
  root.add_link("/proc/100/fd/3", "socket:[12]");
  const Facts facts = read(root);
  REQUIRE(facts.rows.size() == 4);
  CHECK(facts.gaps.empty());
  CHECK(text(facts.rows[0], kPids) == "-");  // nobody's descriptor: inode 11 is a pipe's
  CHECK(text(facts.rows[1], kPids) == "1,20,100");
  CHECK(text(facts.rows[1], kProcess) == "worker (1)");
  CHECK(text(facts.rows[1], kUnit) == "web.service");
  CHECK(text(facts.rows[2], kUnit) == "init.scope");  // nobody else has it yet
  CHECK(text(facts.rows[3], kProcess) == "-");        // the kernel's own
}

TEST_CASE("socket: descriptors that may not be looked at leave only the holder unknown") {
  MemoryRoot root;
  root.add_file("/proc/net/tcp", table(line("00000000:0016", "0A", 11)));
  root.add_file("/proc/net/udp", table(""));
  add_process(root, 7, "sshd", "0::/system.slice/ssh.service\n");
  root.add_directory("/proc/7/fd");
  root.deny("/proc/7/fd");
  const Facts facts = read(root);
  REQUIRE(facts.rows.size() == 1);
  REQUIRE(facts.gaps.size() == 1);
  CHECK(facts.gaps[0].fields == std::vector<std::string_view>{"pids", "process", "unit"});
}

TEST_CASE("socket: a tree that is no running host") {
  const auto empty = Root::in_memory({{"/etc/hostname", "x\n"}});
  CHECK_FALSE(read(*empty).not_applicable.empty());
  MemoryRoot image;
  image.add_directory("/proc");
  CHECK_FALSE(read(image).not_applicable.empty());
  image.set_live(true);  // where it should tell, silence is a gap
  CHECK_FALSE(read(image).gaps.empty());
}

TEST_CASE("socket: ten thousand sockets of one process cost one look at each descriptor") {
  MemoryRoot root;
  std::string rows;
  for (int i = 0; i < 10'000; ++i) {
    rows += line("00000000:0016", "0A", 100 + i);
    root.add_link("/proc/5/fd/" + std::to_string(i), "socket:[" + std::to_string(100 + i) + "]");
  }
  add_process(root, 5, "a", "0::/\n");
  root.add_file("/proc/net/tcp", table(rows));
  root.add_file("/proc/net/udp", table(""));
  CHECK(read(root).rows.size() == 10'000);
}
