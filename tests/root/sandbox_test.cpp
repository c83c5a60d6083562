// What a sandboxed process tries is tried in a child, which reports one line for each attempt.
#include "scanner/root/sandbox.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/openat2.h>
#include <linux/seccomp.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

#include "scanner/root/root.h"

using namespace plimsoll;

namespace {

namespace fs = std::filesystem;

/// A directory with a file in it and a second one beside it, removed at the end.
struct Scratch {
  fs::path top;
  Scratch() {
    std::string name = (fs::temp_directory_path() / "plimsoll-sandbox-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    top = name;
    fs::create_directories(top / "root" / "etc");
    std::ofstream(top / "root" / "etc" / "inside") << "inside";
    std::ofstream(top / "outside") << "outside";
  }
  ~Scratch() { fs::remove_all(top); }
};

/// Runs `body` in a child that has 10 seconds; what it printed.
std::string in_child(const std::function<void(int out)>& body) {
  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::alarm(10);
    body(ends[1]);
    ::_exit(0);
  }
  ::close(ends[1]);
  std::string text;
  char block[4096];
  for (ssize_t got; (got = ::read(ends[0], block, sizeof block)) > 0;)
    text.append(block, static_cast<std::size_t>(got));
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  CHECK(WIFEXITED(status));
  return text;
}

void say(int out, const std::string& line) {
  static_cast<void>(!::write(out, (line + "\n").data(), line.size() + 1));
}

int openat2_with(const std::string& path, std::uint64_t flags) {
  open_how how{};
  how.flags = flags;
  if ((flags & O_CREAT) != 0) how.mode = 0600;
  return static_cast<int>(::syscall(SYS_openat2, AT_FDCWD, path.c_str(), &how, sizeof how));
}

struct Attempt {
  const char* what;
  std::function<long()> act;  ///< negative: refused
};

std::vector<Attempt> attempts(const std::string& inside, const std::string& fresh) {
  return {
      {"open for writing", [=] { return ::open(inside.c_str(), O_WRONLY); }},
      {"open for reading and writing", [=] { return ::open(inside.c_str(), O_RDWR); }},
      {"open and truncate", [=] { return ::open(inside.c_str(), O_RDONLY | O_TRUNC); }},
      {"open and create", [=] { return ::open(fresh.c_str(), O_RDONLY | O_CREAT, 0600); }},
      {"creat", [=] { return ::creat(fresh.c_str(), 0600); }},
      {"a temporary file", [=] { return ::open("/tmp", O_RDWR | O_TMPFILE, 0600); }},
      {"openat2 for writing", [=] { return openat2_with(inside, O_WRONLY); }},
      {"openat2 and truncate", [=] { return openat2_with(inside, O_RDONLY | O_TRUNC); }},
      {"openat2 and create", [=] { return openat2_with(fresh, O_WRONLY | O_CREAT); }},
      {"truncate", [=] { return ::truncate(inside.c_str(), 0); }},
      {"unlink", [=] { return ::unlink(inside.c_str()); }},
      {"rename", [=] { return ::rename(inside.c_str(), fresh.c_str()); }},
      {"link", [=] { return ::link(inside.c_str(), fresh.c_str()); }},
      {"symlink", [=] { return ::symlink("x", fresh.c_str()); }},
      {"mkdir", [=] { return ::mkdir(fresh.c_str(), 0700); }},
      {"mkfifo", [=] { return ::mkfifo(fresh.c_str(), 0700); }},
      {"chmod", [=] { return ::chmod(inside.c_str(), 0); }},
      {"chown", [=] { return ::chown(inside.c_str(), 1, 1); }},
      {"setxattr", [=] { return ::setxattr(inside.c_str(), "user.x", "1", 1, 0); }},
      {"utimensat", [=] { return ::utimensat(AT_FDCWD, inside.c_str(), nullptr, 0); }},
      {"mount", [=] { return ::mount("none", "/mnt", "tmpfs", 0, nullptr); }},
      {"open_by_handle_at", [] { return ::syscall(SYS_open_by_handle_at, AT_FDCWD, nullptr, 0); }},
      {"socket", [] { return ::socket(AF_INET, SOCK_STREAM, 0); }},
      {"unix socket", [] { return ::socket(AF_UNIX, SOCK_STREAM, 0); }},
      {"socketpair",
       [] {
         int pair[2];
         return ::socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
       }},
      {"io_uring", [] { return ::syscall(SYS_io_uring_setup, 1, nullptr); }},
      {"bpf", [] { return ::syscall(SYS_bpf, 0, nullptr, 0); }},
      {"exec",
       [] {
         char* const argv[] = {const_cast<char*>("true"), nullptr};
         return ::execv("/bin/true", argv);
       }},
      {"execveat",
       [] { return ::syscall(SYS_execveat, AT_FDCWD, "/bin/true", nullptr, nullptr, 0); }},
      {"fork", [] { return ::fork(); }},
      {"clone3", [] { return ::syscall(SYS_clone3, nullptr, 0); }},
      {"unshare", [] { return ::unshare(CLONE_NEWUSER); }},
      {"ptrace", [] { return ::ptrace(PTRACE_ATTACH, ::getppid(), nullptr, nullptr); }},
      {"traced by the parent", [] { return ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr); }},
      {"kill of the parent", [] { return ::kill(::getppid(), SIGUSR1); }},
      {"pidfd_open", [] { return ::syscall(SYS_pidfd_open, ::getppid(), 0); }},
      {"setuid", [] { return ::setuid(0); }},
      {"memfd", [] { return ::syscall(SYS_memfd_create, "x", 0); }},
  };
}

/// Refused means by the sandbox: another reason would show that nothing stood in the way.
void say_what_is_possible(int out, const std::vector<Attempt>& tries) {
  for (const Attempt& attempt : tries) {
    errno = 0;
    const bool refused =
        attempt.act() < 0 && (errno == EPERM || errno == EACCES || errno == ENOSYS);
    if (!refused) say(out, std::string("possible: ") + attempt.what + ": " + std::strerror(errno));
  }
  say(out, "done");
}

/// From now on the kernel of this process has no such call.
void pretend_missing(unsigned call) {
  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program{4, code};
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

}  // namespace

TEST_CASE("sandbox: writing, exec, fork, network, tracing and signals fail") {
  const Scratch scratch;
  const std::string inside = (scratch.top / "root/etc/inside").string();
  const std::string fresh = (scratch.top / "root/etc/fresh").string();
  const std::vector<Attempt> tries = attempts(inside, fresh);
  const std::string got = in_child([&](int out) {
    const Sandbox sandbox = enter_sandbox({});
    if (!sandbox.warning.empty()) say(out, "warning: " + sandbox.warning);
    say_what_is_possible(out, tries);
  });
  CHECK(got == "done\n");
  std::ifstream still(inside);
  std::string text;
  still >> text;
  CHECK(text == "inside");
  CHECK_FALSE(fs::exists(fresh));
}

TEST_CASE("sandbox: on a kernel without Landlock the filter alone stops the same attempts") {
  const Scratch scratch;
  const std::string inside = (scratch.top / "root/etc/inside").string();
  const std::vector<Attempt> tries = attempts(inside, (scratch.top / "fresh").string());
  const std::string got = in_child([&](int out) {
    const auto root = Root::directory((scratch.top / "root").string());
    pretend_missing(SYS_landlock_create_ruleset);
    const Sandbox sandbox = enter_sandbox({});
    if ((*root)->read("/etc/inside").value_or("unreadable") != "inside") say(out, "root is blind");
    if (sandbox.landlocked || !sandbox.warning.empty()) say(out, "not as meant");
    if (openat2_with(inside, O_RDONLY) >= 0 || errno != ENOSYS) say(out, "openat2 is there");
    if (::open(inside.c_str(), O_RDONLY) < 0) say(out, "unreadable");
    say_what_is_possible(out, tries);
  });
  CHECK(got == "done\n");
}

TEST_CASE("sandbox: a scan that looks into other processes is as confined") {
  const Scratch scratch;
  const std::string inside = (scratch.top / "root/etc/inside").string();
  const std::vector<Attempt> tries = attempts(inside, (scratch.top / "fresh").string());
  const std::string program = "/proc/" + std::to_string(::getpid()) + "/exe";
  const std::string got = in_child([&](int out) {
    const Sandbox sandbox = enter_sandbox({.other_processes = true});
    if (!sandbox.filtered || !sandbox.warning.empty()) say(out, "not as meant");
    char target[4096];
    if (::readlink(program.c_str(), target, sizeof target) < 0) say(out, "parent out of sight");
    say_what_is_possible(out, tries);
  });
  CHECK(got == "done\n");
}

TEST_CASE("sandbox: where there is no filter, Landlock stands guard whatever was asked") {
  const std::string got = in_child([&](int out) {
    pretend_missing(SYS_seccomp);
    const bool looking_around = enter_sandbox({.other_processes = true}).landlocked;
    say(out, looking_around == enter_sandbox({}).landlocked ? "the same" : "less");
  });
  CHECK(got == "the same\n");
}

TEST_CASE("sandbox: a kernel without seccomp is named") {
  const std::string got = in_child([&](int out) {
    pretend_missing(SYS_seccomp);
    say(out, enter_sandbox({}).warning);
  });
  CHECK(got.find("the kernel takes no seccomp filter: Function not implemented") !=
        std::string::npos);
}

TEST_CASE("sandbox: reading, printing and threads still work") {
  const Scratch scratch;
  const std::string top = (scratch.top / "root").string();
  const std::string report = (scratch.top / "report").string();
  const std::string got = in_child([&](int out) {
    const auto root = Root::directory(top);
    const int file = ::open(report.c_str(), O_WRONLY | O_CREAT, 0600);
    const Sandbox sandbox =
        enter_sandbox({.reading = SandboxPlan::Reading::below_top, .top = (*root)->top_fd()});
    say(out, sandbox.filtered ? "filtered" : "not filtered");
    std::string text;
    std::thread([&] { text = (*root)->read("/etc/inside").value_or("unreadable"); }).join();
    say(out, text);
    say(out, std::to_string((*root)->list("/etc").value_or(std::vector<DirEntry>{}).size()));
    if (sandbox.landlocked)
      say(out, ::open((top + "/../outside").c_str(), O_RDONLY) < 0 ? "shut" : "open");
    else
      say(out, "shut");
    say(file, "a report");
  });
  CHECK(got == "filtered\ninside\n1\nshut\n");
  CHECK(fs::file_size(report) == 9);
}

TEST_CASE("sandbox: a plug-in that has been loaded reads nothing by itself") {
  const Scratch scratch;
  const std::string inside = (scratch.top / "outside").string();
  const std::string got = in_child([&](int out) {
    const Sandbox sandbox = enter_sandbox({});
    say(out, ::open(inside.c_str(), O_RDONLY) >= 0 ? "open" : "shut");
    give_up_reading();
    const bool open = ::open(inside.c_str(), O_RDONLY) >= 0;
    say(out, open == sandbox.landlocked ? "wrong" : "as the kernel can");
  });
  CHECK(got == "open\nas the kernel can\n");
}

TEST_CASE("sandbox: only the groups of the plan can be killed") {
  const pid_t victim = ::fork();
  REQUIRE(victim >= 0);
  if (victim == 0) {
    ::setpgid(0, 0);
    ::alarm(10);
    ::pause();
    ::_exit(0);
  }
  ::setpgid(victim, victim);
  const std::string got = in_child([&](int out) {
    enter_sandbox({.killable_groups = {victim + 1, victim}});
    say(out, ::kill(-victim, SIGTERM) < 0 ? "no" : "yes");
    say(out, ::kill(victim, SIGKILL) < 0 ? "no" : "yes");
    say(out, ::kill(::getppid(), SIGKILL) < 0 ? "no" : "yes");
    say(out, ::kill(-victim, SIGKILL) < 0 ? "no" : "yes");
  });
  CHECK(got == "no\nno\nno\nyes\n");
  int status = 0;
  ::waitpid(victim, &status, 0);
  CHECK(WIFSIGNALED(status));
}

TEST_CASE("sandbox: an exec probe starts programs that change nothing") {
  const Scratch scratch;
  const std::string fresh = (scratch.top / "fresh").string();
  const std::string script = "cat " + (scratch.top / "outside").string() +
                             " 2>/dev/null; echo; (echo x > " + fresh +
                             ") 2>/dev/null || echo kept; rm -f " +
                             (scratch.top / "outside").string() + " 2>&1 | grep -c rm";
  const std::string got = in_child([&](int out) {
    const Sandbox sandbox = enter_sandbox({.may_execute = true});
    ::dup2(out, 1);
    if (!sandbox.landlocked) {  // the shell then cannot open /dev/null either
      say(out, "outside\nkept\n1");
      return;
    }
    ::execl("/bin/sh", "sh", "-c", script.c_str(), nullptr);
  });
  CHECK(got == "outside\nkept\n1\n");
  CHECK(fs::exists(scratch.top / "outside"));
  CHECK_FALSE(fs::exists(fresh));
}
