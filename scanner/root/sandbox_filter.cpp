#include "scanner/root/sandbox_filter.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <iterator>

// The filter is written as a list of what is allowed, so that a call the kernel learns tomorrow is
// not. libseccomp takes twice as long to build and load such a filter (0.33 ms against 0.17 ms).

namespace plimsoll {

#if defined(__x86_64__) || defined(__aarch64__)

namespace {

#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#else
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#endif

// From here on system calls have the same number on every architecture, and are young enough that
// programs expect them to be missing.
constexpr std::uint32_t kYoungCalls = 424;

// Calls that read, compute, or work on what is open already. The busiest first.
constexpr int kAlways[] = {
    // files, for reading
    SYS_statx,
    SYS_getdents64,
    SYS_close,
    SYS_read,
    SYS_fstat,
    SYS_newfstatat,
    SYS_readlinkat,
    SYS_pread64,
    SYS_lseek,
    SYS_statfs,
    SYS_fstatfs,
    SYS_faccessat,
    439 /* faccessat2 */,
    SYS_getxattr,
    SYS_lgetxattr,
    SYS_fgetxattr,
    SYS_listxattr,
    SYS_llistxattr,
    SYS_flistxattr,
    SYS_readv,
    SYS_preadv,
    SYS_fadvise64,
    SYS_readahead,
    SYS_getcwd,
    SYS_chdir,
    SYS_fchdir,
    // what is open already
    SYS_write,
    SYS_writev,
    SYS_pwrite64,
    SYS_dup,
    SYS_dup3,
    SYS_ppoll,
    SYS_pselect6,
    436 /* close_range */,
    SYS_pipe2,
    // memory and threads
    SYS_futex,
    SYS_mmap,
    SYS_munmap,
    SYS_mprotect,
    SYS_madvise,
    SYS_brk,
    SYS_mremap,
    SYS_mincore,
    SYS_set_robust_list,
    SYS_get_robust_list,
    SYS_rseq,
    SYS_membarrier,
    SYS_set_tid_address,
    SYS_sched_yield,
    SYS_sched_getaffinity,
    SYS_getcpu,
    SYS_exit,
    SYS_exit_group,
    // time, identity, signals to oneself, the end of one's children
    SYS_clock_gettime,
    SYS_clock_getres,
    SYS_clock_nanosleep,
    SYS_nanosleep,
    SYS_gettimeofday,
    SYS_getpid,
    SYS_gettid,
    SYS_getppid,
    SYS_getuid,
    SYS_geteuid,
    SYS_getgid,
    SYS_getegid,
    SYS_getgroups,
    SYS_uname,
    SYS_sysinfo,
    SYS_getrusage,
    SYS_times,
    SYS_getrandom,
    SYS_rt_sigaction,
    SYS_rt_sigprocmask,
    SYS_rt_sigreturn,
    SYS_rt_sigtimedwait,
    SYS_sigaltstack,
    SYS_restart_syscall,
    SYS_wait4,
    SYS_waitid,
    // Landlock only ever takes rights away
    444,
    445,
    446,
#if defined(__x86_64__)
    SYS_stat,
    SYS_lstat,
    SYS_access,
    SYS_readlink,
    SYS_getdents,
    SYS_poll,
    SYS_select,
    SYS_dup2,
    SYS_time,
    SYS_getrlimit,
    SYS_arch_prctl,
    SYS_pipe,
#endif
};

// What a program needs to start others and to wait for them (exec probes only).
constexpr int kPrograms[] = {
    SYS_execve,        SYS_execveat,      SYS_umask,     SYS_getpgid,       SYS_getsid,
    SYS_rt_sigsuspend, SYS_rt_sigpending, SYS_setitimer, SYS_epoll_create1, SYS_epoll_ctl,
    SYS_epoll_pwait,
#if defined(__x86_64__)
    SYS_fork,          SYS_vfork,         SYS_getpgrp,   SYS_pause,         SYS_alarm,
#endif
};

constexpr std::uint32_t kWritingFlags = O_ACCMODE | O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY);
// clone(2): flags that ask for a namespace of one's own.
constexpr std::uint32_t kNamespaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |
                                      CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;

/// A classic BPF program, built front to back: each entry decides its own calls and lets the others
/// fall through to the next.
class Filter {
 public:
  Filter() {
    load(offsetof(seccomp_data, arch));
    jump(BPF_JEQ, kArchitecture, 1, 0);
    verdict(SECCOMP_RET_KILL_PROCESS);
    load(offsetof(seccomp_data, nr));
  }

  void allow(int call) {
    jump(BPF_JEQ, number(call), 0, 1);
    verdict(SECCOMP_RET_ALLOW);
  }

  /// Only when the low half of an argument, masked, is that value.
  void allow_if(int call, unsigned argument, std::uint32_t mask, std::uint32_t value) {
    jump(BPF_JEQ, number(call), 0, 5);
    load(low_half(argument));
    add(BPF_ALU | BPF_AND | BPF_K, mask);
    jump(BPF_JEQ, value, 0, 1);
    verdict(SECCOMP_RET_ALLOW);
    refuse();
  }

  /// Only when the low half of an argument is one of these.
  void allow_values(int call, unsigned argument, std::initializer_list<std::uint32_t> values) {
    jump(BPF_JEQ, number(call), 0, static_cast<std::uint8_t>(2 + 2 * values.size()));
    load(low_half(argument));
    for (const std::uint32_t value : values) {
      jump(BPF_JEQ, value, 0, 1);
      verdict(SECCOMP_RET_ALLOW);
    }
    refuse();
  }

  /// Only when an argument is a null pointer.
  void allow_null(int call, unsigned argument) {
    jump(BPF_JEQ, number(call), 0, 6);
    load(low_half(argument));
    jump(BPF_JEQ, 0, 0, 3);
    load(low_half(argument) + 4);
    jump(BPF_JEQ, 0, 0, 1);
    verdict(SECCOMP_RET_ALLOW);
    refuse();
  }

  /// kill(2) of one process group, by SIGKILL.
  void allow_kill(pid_t group) {
    jump(BPF_JEQ, number(SYS_kill), 0, 6);
    load(low_half(0));
    jump(BPF_JEQ, static_cast<std::uint32_t>(-group), 0, 3);
    load(low_half(1));
    jump(BPF_JEQ, SIGKILL, 0, 1);
    verdict(SECCOMP_RET_ALLOW);
    load(offsetof(seccomp_data, nr));  // another group may be named by the next entry
  }

  /// What nothing allowed: young calls look as if the kernel had none, so that libraries fall back
  /// (clone3 to clone); the others are refused.
  void finish() {
    jump(BPF_JGE, kYoungCalls, 0, 1);
    verdict(SECCOMP_RET_ERRNO | ENOSYS);
    refuse();
  }

  /// Returns why the kernel refused, empty when it agreed.
  [[nodiscard]] std::string install() {
    const sock_fprog program{static_cast<unsigned short>(size_), code_};
    // SPEC_ALLOW: the speculation mitigations that old kernels tie to seccomp slow a scan down and
    // protect from code that shares the process; plug-ins have processes of their own.
    if (::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, &program) ==
        0)
      return {};
    return std::strerror(errno);
  }

 private:
  static constexpr std::uint32_t number(int call) { return static_cast<std::uint32_t>(call); }
  static constexpr std::uint32_t low_half(unsigned argument) {  // both architectures: little endian
    return static_cast<std::uint32_t>(offsetof(seccomp_data, args) + argument * 8U);
  }
  void add(int code, std::uint32_t k, std::uint8_t yes = 0, std::uint8_t no = 0) {
    if (size_ < std::size(code_)) code_[size_++] = {static_cast<std::uint16_t>(code), yes, no, k};
  }
  void load(std::size_t offset) {
    add(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset));
  }
  void jump(int test, std::uint32_t k, std::uint8_t yes, std::uint8_t no) {
    add(BPF_JMP | test | BPF_K, k, yes, no);
  }
  void verdict(std::uint32_t action) { add(BPF_RET | BPF_K, action); }
  void refuse() { verdict(SECCOMP_RET_ERRNO | EPERM); }

  sock_filter code_[1024];
  std::size_t size_ = 0;
};

void allow_opens(Filter& filter, bool guarded, bool devnull) {
  if (guarded && devnull) {  // Landlock tells /dev/null from the rest
    filter.allow(SYS_openat);
#if defined(__x86_64__)
    filter.allow(SYS_open);
#endif
  }
  filter.allow_if(SYS_openat, 2, kWritingFlags, O_RDONLY);
#if defined(__x86_64__)
  filter.allow_if(SYS_open, 1, kWritingFlags, O_RDONLY);
#endif
  if (guarded) filter.allow(437);  // openat2
}

void allow_some(Filter& filter) {
  filter.allow_values(SYS_fcntl, 1, {F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC});
  // What isatty(3) and a progress line ask; 0x802c542a is TCGETS2.
  filter.allow_values(SYS_ioctl, 1, {TCGETS, 0x802c542aU, TIOCGWINSZ, FIONREAD, FIOCLEX});
  filter.allow_values(SYS_prctl, 0, {PR_SET_NAME, PR_GET_NAME, PR_GET_DUMPABLE});
  filter.allow_null(SYS_prlimit64, 2);
}

}  // namespace

std::string install_filter(const SandboxPlan& plan, bool guarded_opens) {
  Filter filter;
  allow_opens(filter, guarded_opens, plan.may_execute);
  for (const int call : kAlways) filter.allow(call);
  allow_some(filter);
  if (plan.may_execute) {
    for (const int call : kPrograms) filter.allow(call);
    filter.allow_if(SYS_clone, 0, kNamespaces, 0);
  } else {
    filter.allow_if(SYS_clone, 0, CLONE_THREAD, CLONE_THREAD);
    // abort(3) and raise(3): a signal to this very process.
    filter.allow_values(SYS_tgkill, 0, {static_cast<std::uint32_t>(::getpid())});
  }
  for (const pid_t group : plan.killable_groups) filter.allow_kill(group);
  filter.finish();
  return filter.install();
}

#else

std::string install_filter(const SandboxPlan&, bool) {
  return "no filter has been written for this architecture";
}

#endif

}  // namespace plimsoll
