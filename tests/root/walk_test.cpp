#include "scanner/root/walk.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include "scanner/root/directory_root.h"
#include "scanner/root/memory_root.h"
#include "scanner/root/mounts.h"
#include "tests/root/temporary_tree.h"

using namespace plimsoll;

namespace {

struct Walked {
  std::vector<std::string> paths;
  WalkReport report;
};

Walked paths_of(const Root& root, WalkOptions options = {}) {
  Walked walked;
  std::mutex mutex;
  walked.report = walk(root, options, [&](const WalkEntry& entry, unsigned worker) {
    const std::lock_guard lock(mutex);
    CHECK(worker < options.jobs);
    walked.paths.push_back(entry.path());
  });
  std::sort(walked.paths.begin(), walked.paths.end());
  return walked;
}

}  // namespace

TEST_CASE("walk: everything is visited once, links are not followed") {
  const TemporaryTree tree;
  tree.file("/etc/passwd", "x");
  tree.file("/a/b/c/d/e", "x");
  tree.directory("/empty");
  tree.link("/up", "..");
  tree.link("/loop", "/");
  tree.link("/a/out", "/etc");
  tree.fifo("/fifo");
  tree.file("/odd \n name", "x");
  tree.file("/\xff\xfe", "x");
  const std::vector<std::string> wanted = {
      "/",    "/a",          "/a/b",  "/a/b/c", "/a/b/c/d",     "/a/b/c/d/e", "/a/out",   "/empty",
      "/etc", "/etc/passwd", "/fifo", "/loop",  "/odd \n name", "/up",        "/\xff\xfe"};
  const auto root = DirectoryRoot::open(tree.top());
  for (const unsigned jobs : {1U, 2U, 4U}) {
    const Walked walked = paths_of(**root, {.jobs = jobs});
    CHECK(walked.paths == wanted);
    CHECK(walked.report.errors.empty());
    CHECK(walked.report.entries == wanted.size() - 1);
  }
}

TEST_CASE("walk: a tree in memory is walked alike") {
  MemoryRoot root;
  root.add_file("/etc/passwd", "x");
  root.add_file("/etc/closed/x", "x");
  root.add_link("/loop", "/");
  root.deny("/etc/closed");
  const Walked walked = paths_of(root);
  CHECK(walked.paths ==
        std::vector<std::string>{"/", "/etc", "/etc/closed", "/etc/passwd", "/loop"});
  REQUIRE(walked.report.errors.size() == 1);
  CHECK(walked.report.errors[0].where.file == "/etc/closed");
  CHECK(walked.report.errors[0].code == ErrorCode::denied);
}

TEST_CASE("walk: only the wanted types, only below the starts") {
  const TemporaryTree tree;
  tree.file("/var/log/a", "x");
  tree.link("/var/log/l", "a");
  tree.directory("/var/log/d");
  tree.file("/srv/b", "x");
  tree.file("/etc/c", "x");
  const auto root = DirectoryRoot::open(tree.top());
  const Walked walked =
      paths_of(**root, {.starts = {"/srv", "/var/log", "/none"}, .types = bit(FileType::regular)});
  CHECK(walked.paths == std::vector<std::string>{"/srv/b", "/var/log/a"});
  CHECK(walked.report.errors.empty());
  const Walked all = paths_of(**root, {.starts = {"/var/log"}});
  CHECK(all.paths == std::vector<std::string>{"/var/log/a", "/var/log/d", "/var/log/l"});
}

TEST_CASE("walk: a directory with very many children, and one that is very deep") {
  const TemporaryTree tree;
  for (int i = 0; i < 9000; ++i) tree.directory("/wide/" + std::to_string(i));
  std::string deep;
  for (int i = 0; i < 400; ++i) deep += "/d";
  tree.directory(deep);
  const auto root = DirectoryRoot::open(tree.top());
  for (const unsigned jobs : {1U, 3U}) {
    const Walked walked = paths_of(**root, {.jobs = jobs});
    CHECK(walked.paths.size() == 1 + 1 + 9000 + 400);
    CHECK(std::adjacent_find(walked.paths.begin(), walked.paths.end()) == walked.paths.end());
    CHECK(walked.report.errors.empty());
  }
}

TEST_CASE("walk: a path longer than the cap is reported, not followed") {
  const TemporaryTree tree;
  const std::string name(100, 'n');
  tree.file("/" + name + "/" + name + "/x", "");
  Limits limits;
  limits.path_bytes = 150;
  const auto root = DirectoryRoot::open(tree.top(), limits);
  const Walked walked = paths_of(**root);
  REQUIRE(walked.report.errors.size() == 1);
  CHECK(walked.report.errors[0].code == ErrorCode::limit);
  CHECK(walked.report.errors[0].what == "path longer than 150 bytes");
}

TEST_CASE("walk: what may not be read is reported with its path") {
  const TemporaryTree tree;
  ::chmod(tree.top().c_str(), 0755);
  tree.file("/closed/x", "x");
  tree.file("/open/x", "x");
  ::chmod(tree.at("/closed").c_str(), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    if (::getuid() == 0 && ::setuid(65534) != 0) ::_exit(0);
    const auto root = DirectoryRoot::open(tree.top());
    std::atomic<int> seen{0};
    const auto report = walk(**root, {}, [&](const WalkEntry&, unsigned) { ++seen; });
    const bool right = seen == 4 && report.errors.size() == 1 &&
                       report.errors[0].code == ErrorCode::denied &&
                       report.errors[0].where.file == "/closed";
    ::_exit(right ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WEXITSTATUS(status) == 0);
  ::chmod(tree.at("/closed").c_str(), 0755);
}

TEST_CASE("walk: a link that takes the place of a directory does not lead out") {
  const TemporaryTree outside;
  outside.file("/outside", "x");
  const TemporaryTree tree;
  for (int i = 0; i < 50; ++i) tree.file("/a/dir/sub" + std::to_string(i) + "/x", "x");
  tree.link("/a/evil", outside.top());
  std::atomic<bool> stop{false};
  std::thread swapper([&] {
    const std::string dir = tree.at("/a/dir"), evil = tree.at("/a/evil"), kept = tree.at("/a/kept");
    while (!stop) {
      std::error_code ignored;
      std::filesystem::rename(dir, kept, ignored);
      std::filesystem::rename(evil, dir, ignored);
      std::filesystem::rename(dir, evil, ignored);
      std::filesystem::rename(kept, dir, ignored);
    }
  });
  const auto root = DirectoryRoot::open(tree.top());
  for (int i = 0; i < 300; ++i) {
    std::atomic<int> outsiders{0};
    static_cast<void>(walk(**root, {.jobs = 2}, [&](const WalkEntry& entry, unsigned) {
      if (entry.name == "outside") ++outsiders;
    }));
    REQUIRE(outsiders == 0);
  }
  stop = true;
  swapper.join();
}

TEST_CASE("walk: pseudo and network file systems are left out by their type") {
  struct Case {
    const char* type;
    bool foreign;
  };
  const Case cases[] = {{"ext4", false},      {"xfs", false},     {"btrfs", false},
                        {"tmpfs", false},     {"overlay", false}, {"devtmpfs", false},
                        {"fuseblk", false},   {"vfat", false},    {"squashfs", false},
                        {"proc", true},       {"sysfs", true},    {"cgroup2", true},
                        {"nfs4", true},       {"cifs", true},     {"fuse.sshfs", true},
                        {"fuse.gvfsd", true}, {"autofs", true},   {"", false}};
  for (const Case& c : cases) {
    CAPTURE(c.type);
    CHECK(is_foreign_file_system(c.type) == c.foreign);
  }
  CHECK(is_foreign_magic(0x9fa0));
  CHECK_FALSE(is_foreign_magic(0xef53));
}

TEST_CASE("walk: the mount table is the live host's alone, and its escapes are undone") {
  MemoryRoot root;
  root.add_file("/proc/self/mountinfo",
                "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
                "23 22 0:21 / /proc rw - proc proc rw\n"
                "24 22 0:30 / /mnt/with\\040blank rw shared:2 master:1 - nfs4 host:/x rw\n"
                "25 22 0:31 / /auto rw - autofs systemd-1 rw\n"
                "26 25 8:2 / /auto rw - ext4 /dev/sdb1 rw\n"
                "rubbish\n");
  CHECK(mount_table(root).empty());
  root.set_live(true);
  const auto table = mount_table(root);
  CHECK(table.size() == 4);
  CHECK(table.at("/"));
  CHECK_FALSE(table.at("/proc"));
  CHECK_FALSE(table.at("/mnt/with blank"));
  CHECK(table.at("/auto"));  // the last mount on a point is the one on top
}

TEST_CASE("walk: extended attributes of an entry") {
  MemoryRoot root;
  root.add_file("/x", "");
  root.set_xattr("/x", "security.capability", "value");
  std::string seen;
  static_cast<void>(walk(root, {}, [&](const WalkEntry& entry, unsigned) {
    if (entry.name == "x") seen = entry.xattr("security.capability").value();
  }));
  CHECK(seen == "value");
}
