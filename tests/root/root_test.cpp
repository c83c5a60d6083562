#include "scanner/root/root.h"

#include <doctest/doctest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "scanner/root/directory_root.h"
#include "scanner/root/memory_root.h"
#include "tests/root/temporary_tree.h"

using namespace plimsoll;

namespace {

using Resolution = DirectoryRoot::Resolution;

struct Way {
  const char* name;
  Resolution resolution;
};
constexpr Way kWays[] = {{"kernel", Resolution::kernel}, {"user space", Resolution::user_space}};

std::unique_ptr<DirectoryRoot> open_root(const TemporaryTree& tree, Resolution resolution,
                                         Limits limits = {}) {
  auto root = DirectoryRoot::open(tree.top(), limits, resolution);
  REQUIRE(root.has_value());
  return std::move(*root);
}

/// "text" of a file, or the code and words of the error.
std::string outcome(const Result<std::string_view>& text) {
  return text ? std::string(*text) : "error: " + text.error().what;
}

struct Case {
  const char* why;
  const char* path;
  const char* outcome;
};

const std::string kLoop = "error: more than 40 symbolic links on the way";

/// The same nodes for a directory and for a tree in memory.
template <class Tree>
void plant(Tree& file, const std::function<void(const char*, const char*)>& link) {
  file("/etc/passwd", "inside");
  file("/secret", "at the top");
  file("/srv/data/x", "deep");
  link("/etc/absolute", "/etc/passwd");
  link("/etc/relative", "passwd");
  link("/etc/climbing", "../../../../../../secret");
  link("/etc/via-directory", "/srv/link-to-data/x");
  link("/srv/link-to-data", "data");
  link("/srv/up", "/srv/data/../data/./x");
  link("/etc/self", "self");
  link("/etc/ping", "/etc/pong");
  link("/etc/pong", "/etc/ping");
  link("/etc/dangling", "/nowhere/at/all");
  link("/top", "/");
  link("/etc/through-file", "passwd/x");
  for (int i = 0; i < 45; ++i) {
    const std::string name = "/chain/" + std::to_string(i);
    const std::string next = i == 0 ? "/etc/passwd" : std::to_string(i - 1);
    link(name.c_str(), next.c_str());
  }
}

const Case kResolution[] = {
    {"a plain path", "/etc/passwd", "inside"},
    {"a missing leading slash is added", "etc/passwd", "inside"},
    {"empty parts and `.` do not count", "//etc/./passwd/", "inside"},
    {"`..` stops at the root", "/../../etc/passwd", "inside"},
    {"`..` in the middle", "/etc/../srv/../etc/passwd", "inside"},
    {"`..` after a link goes to the parent of its target", "/srv/link-to-data/../../secret",
     "at the top"},
    {"an absolute target begins at the top of the root", "/etc/absolute", "inside"},
    {"a relative target begins beside the link", "/etc/relative", "inside"},
    {"a target with too many `..` ends at the top", "/etc/climbing", "at the top"},
    {"links in parents are followed", "/etc/via-directory", "deep"},
    {"`.` and `..` in a target", "/srv/up", "deep"},
    {"a link to the top", "/top/top/top/secret", "at the top"},
    {"a link to itself", "/etc/self", kLoop.c_str()},
    {"two links to one another", "/etc/ping", kLoop.c_str()},
    {"forty links are followed", "/chain/39", "inside"},
    {"forty-one are not", "/chain/40", kLoop.c_str()},
    {"a link to nothing", "/etc/dangling", "error: no such file or directory"},
    {"no such file", "/etc/none", "error: no such file or directory"},
    {"a directory is not read", "/etc", "error: not a regular file, so it is not opened"},
    {"the top is not read", "/", "error: not a regular file, so it is not opened"},
};

void check_resolution(const Root& root) {
  for (const Case& c : kResolution) {
    CAPTURE(c.why);
    CHECK(outcome(root.read(c.path)) == c.outcome);
  }
  const auto below_file = root.read("/etc/through-file");
  REQUIRE(!below_file.has_value());
  CHECK(below_file.error().code == ErrorCode::not_found);
  CHECK(root.resolve("/etc/via-directory").value() == "/srv/data/x");
  CHECK(root.resolve("/srv/data/new", true).value() == "/srv/data/new");
  CHECK_FALSE(root.resolve("/srv/data/new").has_value());
  CHECK(root.readlink("/etc/relative").value() == "passwd");
  CHECK(root.readlink("/etc/passwd").error().code == ErrorCode::wrong_type);
  CHECK(root.lstat("/etc/dangling").value().type == FileType::symlink);
  CHECK(root.stat("/srv/link-to-data").value().type == FileType::directory);
  CHECK(root.exists("/top"));
  CHECK_FALSE(root.exists("/etc/dangling"));
  CHECK(root.list("/etc/passwd").error().code == ErrorCode::wrong_type);
  CHECK(root.list("/none").error().code == ErrorCode::not_found);
  CHECK(root.read(std::string_view("/etc/passwd\0x", 13)).error().code == ErrorCode::not_found);
  const auto too_long = root.read(std::string(5000, 'x'));
  CHECK(too_long.error().code == ErrorCode::limit);
  CHECK(too_long.error().what == "path longer than 4096 bytes");
}

}  // namespace

TEST_CASE("root: paths resolve inside a directory, by the kernel and in user space alike") {
  const TemporaryTree tree;
  const auto file = [&](const char* path, const char* text) { tree.file(path, text); };
  plant(file, [&](const char* path, const char* target) { tree.link(path, target); });
  for (const Way& way : kWays) {
    CAPTURE(way.name);
    check_resolution(*open_root(tree, way.resolution));
  }
}

TEST_CASE("root: paths resolve inside a tree in memory by the same rules") {
  MemoryRoot root;
  const auto file = [&](const char* path, const char* text) { root.add_file(path, text); };
  plant(file, [&](const char* path, const char* target) { root.add_link(path, target); });
  check_resolution(root);
}

TEST_CASE("root: FIFOs, sockets and devices are never opened, whatever their name") {
  const TemporaryTree tree;
  tree.fifo("/etc/ssh/sshd_config");
  tree.link("/etc/null", "/dev/zero");
  tree.directory("/dev");
  const bool device = ::mknod(tree.at("/dev/zero").c_str(), S_IFCHR | 0666, makedev(1, 5)) == 0;
  for (const Way& way : kWays) {
    CAPTURE(way.name);
    const auto root = open_root(tree, way.resolution);
    CHECK(root->read("/etc/ssh/sshd_config").error().code == ErrorCode::wrong_type);
    if (device) CHECK(root->read("/etc/null").error().code == ErrorCode::wrong_type);
    CHECK(root->list("/etc/ssh/sshd_config").error().code == ErrorCode::wrong_type);
  }
}

TEST_CASE("root: a huge file is refused by its size, at once") {
  const TemporaryTree tree;
  tree.sparse("/huge", off_t{1} << 30U);
  for (const Way& way : kWays) {
    const auto root = open_root(tree, way.resolution);
    const auto begin = std::chrono::steady_clock::now();
    const auto text = root->read("/huge");
    const auto spent = std::chrono::steady_clock::now() - begin;
    REQUIRE(!text.has_value());
    CHECK(text.error().code == ErrorCode::limit);
    CHECK(text.error().what == "larger than the cap of 16777216 bytes a file");
    CHECK(text.error().where.file == "/huge");
    CHECK(spent < std::chrono::milliseconds(50));
  }
}

TEST_CASE("root: each cap is an error that names it") {
  const TemporaryTree tree;
  tree.file("/just-fits", "0123456789");
  tree.file("/too-large", "0123456789x");
  tree.file("/second", "01234");
  for (int i = 0; i < 6; ++i) tree.file("/many/" + std::to_string(i), "");
  Limits limits;
  limits.file_bytes = 10;
  limits.total_bytes = 12;
  limits.directory_entries = 5;
  for (const Way& way : kWays) {
    const auto root = open_root(tree, way.resolution, limits);
    CHECK(outcome(root->read("/just-fits")) == "0123456789");
    CHECK(outcome(root->read("/too-large")) == "error: larger than the cap of 10 bytes a file");
    CHECK(outcome(root->read("/second")) == "error: the cap of 12 bytes a scan is used up");
    CHECK(root->list("/many").error().what == "more than 5 entries in a directory");
    CHECK(root->list("/many").error().code == ErrorCode::limit);
  }
}

TEST_CASE("root: more lines than any file has are not read") {
  const std::string most(1U << 20U, '\n');
  const auto root = Root::in_memory({{"/most", most}, {"/more", most + "\n"}});
  CHECK(root->read("/most")->size() == most.size());
  CHECK(outcome(root->read("/more")) == "error: more than the cap of 1048576 lines a file");
}

TEST_CASE("root: a path that grows beyond the cap through links is refused") {
  const TemporaryTree tree;
  Limits limits;
  limits.path_bytes = 64;
  const std::string name(20, 'd');
  tree.directory("/" + name + "/" + name + "/" + name + "/" + name);
  const auto root = open_root(tree, Resolution::user_space, limits);
  const auto resolved = root->resolve("/" + name + "/" + name + "/" + name + "/x", true);
  REQUIRE(!resolved.has_value());
  CHECK(resolved.error().what == "path longer than 64 bytes");
}

TEST_CASE("root: a file that grows or shrinks between two reads keeps what was read first") {
  const TemporaryTree tree;
  tree.file("/x", "first");
  tree.link("/same", "x");
  for (const Way& way : kWays) {
    tree.file("/x", "first");
    const auto root = open_root(tree, way.resolution);
    CHECK(outcome(root->read("/x")) == "first");
    tree.file("/x", "second and longer");
    CHECK(outcome(root->read("/x")) == "first");
    // Another path, the same file: read once a scan.
    CHECK(outcome(root->read("/same")) == "first");
  }
}

TEST_CASE("root: evidence names each path that was read, with the hash of its bytes") {
  const auto root = Root::in_memory({{"/b", "abc"}, {"/a", ""}, {"/unread", "x"}});
  CHECK(root->read("/b").has_value());
  CHECK(root->read("a").has_value());
  CHECK_FALSE(root->read("/none").has_value());
  const auto files = root->files_read();
  REQUIRE(files.size() == 2);
  CHECK(files[0].path == "/a");
  CHECK(files[0].sha256 == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(files[1].path == "/b");
  CHECK(files[1].sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("root: files of /proc have no size and still a content") {
  const auto root = Root::directory("/");
  REQUIRE(root.has_value());
  CHECK((*root)->is_live());
  const auto maps = (*root)->read("/proc/self/status");
  if (!maps.has_value()) return;  // a host without /proc
  CHECK(maps->starts_with("Name:"));
}

TEST_CASE("root: what cannot be a root says why") {
  const TemporaryTree tree;
  tree.file("/file", "");
  const auto file = Root::directory(tree.at("/file"));
  REQUIRE(!file.has_value());
  CHECK(file.error().what == "cannot open the root: not a directory");
  const auto missing = Root::directory(tree.at("/none"));
  REQUIRE(!missing.has_value());
  CHECK(missing.error().code == ErrorCode::not_found);
}

TEST_CASE("root: without permission the error says so, and it is not `not found`") {
  const TemporaryTree tree;
  ::chmod(tree.top().c_str(), 0755);
  tree.file("/shadow", "secret", 0);
  tree.directory("/closed", 0);
  tree.file("/closed/x", "secret");
  // Another user is tried in a child process, as privileges of a thread are those of its process.
  const pid_t child = ::fork();
  if (child == 0) {
    if (::getuid() == 0 && ::setuid(65534) != 0) ::_exit(0);
    int wrong = 0;
    for (const Way& way : kWays) {
      const auto root = DirectoryRoot::open(tree.top(), {}, way.resolution);
      if (!root) ::_exit(50);
      if ((*root)->read("/shadow").error().code != ErrorCode::denied) wrong |= 1;
      if ((*root)->read("/closed/x").error().code != ErrorCode::denied) wrong |= 2;
      if ((*root)->list("/closed").error().code != ErrorCode::denied) wrong |= 4;
      if (Root::directory(tree.at("/closed")).error().code != ErrorCode::denied) wrong |= 8;
    }
    ::_exit(wrong);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WEXITSTATUS(status) == 0);
  ::chmod(tree.at("/closed").c_str(), 0755);
}

namespace {

/// From now on openat2(2) fails in this process with `number`, as under a filter that cannot see
/// its flags, or as on a kernel before Linux 5.6.
bool refuse_openat2(int number) {
  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<unsigned>(number)),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program{4, code};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

}  // namespace

TEST_CASE("root: where openat2 is refused, the same rules hold in user space") {
  const TemporaryTree tree;
  tree.file("/etc/passwd", "inside");
  tree.link("/etc/absolute", "/../etc/passwd");
  for (const int number : {ENOSYS, EPERM}) {
    CAPTURE(number);
    const pid_t child = ::fork();
    if (child == 0) {
      const auto root = DirectoryRoot::open(tree.top());
      if (!refuse_openat2(number)) ::_exit(0);  // a host that lets nobody filter
      ::_exit(outcome((*root)->read("/etc/absolute")) == "inside" &&
                      (*root)->lstat("/etc/absolute").value().type == FileType::symlink
                  ? 0
                  : 1);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
  }
}

TEST_CASE("root: links swapped while paths are resolved never lead out") {
  const TemporaryTree outside;
  outside.file("/x", "outside");
  const TemporaryTree tree;
  tree.file("/a/dir/x", "inside");
  tree.link("/a/evil", outside.top());
  tree.link("/a/climb", "../../../../../../../../.." + outside.top());
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
  for (const Way& way : kWays) {
    CAPTURE(way.name);
    for (int i = 0; i < 2000; ++i) {
      const auto root = open_root(tree, way.resolution);
      for (const char* path : {"/a/dir/x", "/a/dir/../dir/x", "/a/climb/x"})
        if (const auto text = root->read(path)) REQUIRE(*text == "inside");
    }
  }
  stop = true;
  swapper.join();
}

TEST_CASE("root: many threads get the same bytes") {
  const TemporaryTree tree;
  for (int i = 0; i < 50; ++i) tree.file("/f" + std::to_string(i), std::to_string(i));
  const auto root = open_root(tree, Resolution::kernel);
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i)
        if (outcome(root->read("/f" + std::to_string(i))) != std::to_string(i)) ++wrong;
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
}

TEST_CASE("root: extended attributes are those of the path itself") {
  MemoryRoot root;
  root.add_file("/x", "");
  root.add_link("/l", "x");
  root.set_xattr("/x", "security.capability", "value");
  CHECK(root.xattr("/x", "security.capability").value() == "value");
  CHECK(root.xattr("/x", "other").value().empty());
  CHECK(root.xattr("/l", "security.capability").value().empty());
}

TEST_CASE("root: what is derived from it is made once, whoever asks") {
  struct Length {
    std::size_t bytes = 0;
  };
  static std::atomic<int> made{0};
  constexpr auto make = [](const Root& root) {
    ++made;
    return Length{root.read("/x").value().size()};
  };
  const auto one = Root::in_memory({{"/x", "four"}});
  const auto other = Root::in_memory({{"/x", "longer"}});
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      if (one->derived<Length>(make).bytes != 4) ++wrong;
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
  CHECK(made == 1);
  CHECK(other->derived<Length>(make).bytes == 6);
  CHECK(&one->derived<Length>(make) == &one->derived<Length>(make));
}
