#include "scanner/formats/systemd/syscalls.h"

#include <algorithm>
#include <map>

#include "scanner/base/text.h"

namespace plimsoll::systemd {
namespace {

constexpr std::string_view kNative =
    "_sysctl accept accept4 access acct add_key adjtimex afs_syscall alarm arch_prctl bind bpf brk "
    "cachestat capget capset chdir chmod chown chroot clock_adjtime clock_getres clock_gettime "
    "clock_nanosleep clock_settime clone clone3 close close_range connect copy_file_range creat "
    "create_module delete_module dup dup2 dup3 epoll_create epoll_create1 epoll_ctl epoll_ctl_old "
    "epoll_pwait epoll_pwait2 epoll_wait epoll_wait_old eventfd eventfd2 execve execveat exit "
    "exit_group faccessat faccessat2 fadvise64 fallocate fanotify_init fanotify_mark fchdir fchmod "
    "fchmodat fchmodat2 fchown fchownat fcntl fdatasync fgetxattr finit_module flistxattr flock "
    "fork fremovexattr fsconfig fsetxattr fsmount fsopen fspick fstat fstatfs fsync ftruncate "
    "futex futex_requeue futex_wait futex_waitv futex_wake futimesat get_kernel_syms get_mempolicy "
    "get_robust_list get_thread_area getcpu getcwd getdents getdents64 getegid geteuid getgid "
    "getgroups getitimer getpeername getpgid getpgrp getpid getpmsg getppid getpriority getrandom "
    "getresgid getresuid getrlimit getrusage getsid getsockname getsockopt gettid gettimeofday "
    "getuid getxattr init_module inotify_add_watch inotify_init inotify_init1 inotify_rm_watch "
    "io_cancel io_destroy io_getevents io_pgetevents io_setup io_submit io_uring_enter "
    "io_uring_register io_uring_setup ioctl ioperm iopl ioprio_get ioprio_set kcmp kexec_file_load "
    "kexec_load keyctl kill landlock_add_rule landlock_create_ruleset landlock_restrict_self "
    "lchown lgetxattr link linkat listen listxattr llistxattr lookup_dcookie lremovexattr lseek "
    "lsetxattr lstat madvise map_shadow_stack mbind membarrier memfd_create memfd_secret "
    "migrate_pages mincore mkdir mkdirat mknod mknodat mlock mlock2 mlockall mmap modify_ldt mount "
    "mount_setattr move_mount move_pages mprotect mq_getsetattr mq_notify mq_open mq_timedreceive "
    "mq_timedsend mq_unlink mremap msgctl msgget msgrcv msgsnd msync munlock munlockall munmap "
    "name_to_handle_at nanosleep newfstatat nfsservctl open open_by_handle_at open_tree openat "
    "openat2 pause perf_event_open personality pidfd_getfd pidfd_open pidfd_send_signal pipe pipe2 "
    "pivot_root pkey_alloc pkey_free pkey_mprotect poll ppoll prctl pread64 preadv preadv2 "
    "prlimit64 process_madvise process_mrelease process_vm_readv process_vm_writev pselect6 ptrace "
    "putpmsg pwrite64 pwritev pwritev2 query_module quotactl quotactl_fd read readahead readlink "
    "readlinkat readv reboot recvfrom recvmmsg recvmsg remap_file_pages removexattr rename "
    "renameat renameat2 request_key restart_syscall rmdir rseq rt_sigaction rt_sigpending "
    "rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait rt_tgsigqueueinfo "
    "sched_get_priority_max sched_get_priority_min sched_getaffinity sched_getattr sched_getparam "
    "sched_getscheduler sched_rr_get_interval sched_setaffinity sched_setattr sched_setparam "
    "sched_setscheduler sched_yield seccomp security select semctl semget semop semtimedop "
    "sendfile sendmmsg sendmsg sendto set_mempolicy set_mempolicy_home_node set_robust_list "
    "set_thread_area set_tid_address setdomainname setfsgid setfsuid setgid setgroups sethostname "
    "setitimer setns setpgid setpriority setregid setresgid setresuid setreuid setrlimit setsid "
    "setsockopt settimeofday setuid setxattr shmat shmctl shmdt shmget shutdown sigaltstack "
    "signalfd signalfd4 socket socketpair splice stat statfs statx swapoff swapon symlink "
    "symlinkat sync sync_file_range syncfs sysfs sysinfo syslog tee tgkill time timer_create "
    "timer_delete timer_getoverrun timer_gettime timer_settime timerfd_create timerfd_gettime "
    "timerfd_settime times tkill truncate tuxcall umask umount2 uname unlink unlinkat unshare "
    "uselib userfaultfd ustat utime utimensat utimes vfork vhangup vmsplice vserver wait4 waitid "
    "write writev";

/// Known to libseccomp, of other architectures only.
constexpr std::string_view kForeign =
    "_llseek _newselect arm_fadvise64_64 arm_sync_file_range bdflush break breakpoint cachectl "
    "cacheflush chown32 clock_adjtime64 clock_getres_time64 clock_gettime64 clock_nanosleep_time64 "
    "clock_settime64 fadvise64_64 fchown32 fcntl64 fstat64 fstatat64 fstatfs64 ftime ftruncate64 "
    "futex_time64 get_tls getegid32 geteuid32 getgid32 getgroups32 getresgid32 getresuid32 "
    "getuid32 gtty idle io_pgetevents_time64 ipc lchown32 lock lstat64 mmap2 mpx "
    "mq_timedreceive_time64 mq_timedsend_time64 multiplexer nice oldfstat oldlstat oldolduname "
    "oldstat olduname pciconfig_iobase pciconfig_read pciconfig_write ppoll_time64 prof profil "
    "pselect6_time64 readdir recv recvmmsg_time64 riscv_flush_icache rt_sigtimedwait_time64 rtas "
    "s390_guarded_storage s390_pci_mmio_read s390_pci_mmio_write s390_runtime_instr s390_sthyi "
    "sched_rr_get_interval_time64 semtimedop_time64 send sendfile64 set_tls setfsgid32 setfsuid32 "
    "setgid32 setgroups32 setregid32 setresgid32 setresuid32 setreuid32 setuid32 sgetmask "
    "sigaction signal sigpending sigprocmask sigreturn sigsuspend socketcall spu_create spu_run "
    "ssetmask stat64 statfs64 stime stty subpage_prot swapcontext switch_endian sync_file_range2 "
    "sys_debug_setcontext syscall sysmips timer_gettime64 timer_settime64 timerfd "
    "timerfd_gettime64 timerfd_settime64 truncate64 ugetrlimit ulimit umount usr26 usr32 "
    "utimensat_time64 vm86 vm86old waitpid";

/// Those of both that `@known` lacks.
constexpr std::string_view kUnlisted =
    "arm_sync_file_range breakpoint cachestat get_tls nfsservctl set_tls usr26 usr32";

struct Group {
  std::string_view name;
  std::string_view members;
};

/// `systemd-analyze syscall-filter`, without the names that libseccomp does not know.
constexpr Group kGroups[] = {
    {"@default",
     "arch_prctl brk cacheflush clock_getres clock_getres_time64 clock_gettime clock_gettime64 "
     "clock_nanosleep clock_nanosleep_time64 execve exit exit_group futex futex_time64 futex_waitv "
     "get_robust_list get_thread_area getegid getegid32 geteuid geteuid32 getgid getgid32 "
     "getgroups getgroups32 getpgid getpgrp getpid getppid getrandom getresgid getresgid32 "
     "getresuid getresuid32 getrlimit getsid gettid gettimeofday getuid getuid32 membarrier mmap "
     "mmap2 mprotect munmap nanosleep pause prlimit64 restart_syscall riscv_flush_icache rseq "
     "rt_sigreturn sched_getaffinity sched_yield set_robust_list set_thread_area set_tid_address "
     "set_tls sigreturn time ugetrlimit"},
    {"@aio",
     "io_cancel io_destroy io_getevents io_pgetevents io_pgetevents_time64 io_setup io_submit "
     "io_uring_enter io_uring_register io_uring_setup"},
    {"@basic-io",
     "_llseek close close_range dup dup2 dup3 lseek pread64 preadv preadv2 pwrite64 pwritev "
     "pwritev2 read readv write writev"},
    {"@chown", "chown chown32 fchown fchown32 fchownat lchown lchown32"},
    {"@clock", "adjtimex clock_adjtime clock_adjtime64 clock_settime clock_settime64 settimeofday"},
    {"@cpu-emulation", "modify_ldt subpage_prot switch_endian vm86 vm86old"},
    {"@debug",
     "lookup_dcookie perf_event_open pidfd_getfd ptrace rtas s390_runtime_instr "
     "sys_debug_setcontext"},
    {"@file-system",
     "access chdir chmod close creat faccessat faccessat2 fallocate fchdir fchmod fchmodat "
     "fchmodat2 fcntl fcntl64 fgetxattr flistxattr fremovexattr fsetxattr fstat fstat64 fstatat64 "
     "fstatfs fstatfs64 ftruncate ftruncate64 futimesat getcwd getdents getdents64 getxattr "
     "inotify_add_watch inotify_init inotify_init1 inotify_rm_watch lgetxattr link linkat "
     "listxattr llistxattr lremovexattr lsetxattr lstat lstat64 mkdir mkdirat mknod mknodat "
     "newfstatat oldfstat oldlstat oldstat open openat openat2 readlink readlinkat removexattr "
     "rename renameat renameat2 rmdir setxattr stat stat64 statfs statfs64 statx symlink symlinkat "
     "truncate truncate64 unlink unlinkat utime utimensat utimensat_time64 utimes"},
    {"@io-event",
     "_newselect epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 "
     "epoll_wait epoll_wait_old eventfd eventfd2 poll ppoll ppoll_time64 pselect6 pselect6_time64 "
     "select"},
    {"@ipc",
     "ipc memfd_create mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedreceive_time64 "
     "mq_timedsend mq_timedsend_time64 mq_unlink msgctl msgget msgrcv msgsnd pipe pipe2 "
     "process_madvise process_vm_readv process_vm_writev semctl semget semop semtimedop "
     "semtimedop_time64 shmat shmctl shmdt shmget"},
    {"@keyring", "add_key keyctl request_key"},
    {"@memlock", "mlock mlock2 mlockall munlock munlockall"},
    {"@module", "delete_module finit_module init_module"},
    {"@mount",
     "chroot fsconfig fsmount fsopen fspick mount mount_setattr move_mount open_tree pivot_root "
     "umount umount2"},
    {"@network-io",
     "accept accept4 bind connect getpeername getsockname getsockopt listen recv recvfrom recvmmsg "
     "recvmmsg_time64 recvmsg send sendmmsg sendmsg sendto setsockopt shutdown socket socketcall "
     "socketpair"},
    {"@obsolete",
     "_sysctl afs_syscall bdflush break create_module ftime get_kernel_syms getpmsg gtty idle lock "
     "mpx prof profil putpmsg query_module security sgetmask ssetmask stime stty sysfs tuxcall "
     "ulimit uselib ustat vserver"},
    {"@pkey", "pkey_alloc pkey_free pkey_mprotect"},
    {"@privileged",
     "@chown @clock @module @raw-io @reboot @swap _sysctl acct bpf capset chroot fanotify_init "
     "fanotify_mark nfsservctl open_by_handle_at pivot_root quotactl quotactl_fd setdomainname "
     "setfsuid setfsuid32 setgroups setgroups32 sethostname setresuid setresuid32 setreuid "
     "setreuid32 setuid setuid32 vhangup"},
    {"@process",
     "capget clone clone3 execveat fork getrusage kill pidfd_open pidfd_send_signal prctl "
     "rt_sigqueueinfo rt_tgsigqueueinfo setns swapcontext tgkill times tkill unshare vfork wait4 "
     "waitid waitpid"},
    {"@raw-io",
     "ioperm iopl pciconfig_iobase pciconfig_read pciconfig_write s390_pci_mmio_read "
     "s390_pci_mmio_write"},
    {"@reboot", "kexec_file_load kexec_load reboot"},
    {"@resources",
     "ioprio_set mbind migrate_pages move_pages nice sched_setaffinity sched_setattr "
     "sched_setparam sched_setscheduler set_mempolicy set_mempolicy_home_node setpriority "
     "setrlimit"},
    {"@setuid",
     "setgid setgid32 setgroups setgroups32 setregid setregid32 setresgid setresgid32 setresuid "
     "setresuid32 setreuid setreuid32 setuid setuid32"},
    {"@signal",
     "rt_sigaction rt_sigpending rt_sigprocmask rt_sigsuspend rt_sigtimedwait "
     "rt_sigtimedwait_time64 sigaction sigaltstack signal signalfd signalfd4 sigpending "
     "sigprocmask sigsuspend"},
    {"@swap", "swapoff swapon"},
    {"@sync", "fdatasync fsync msync sync sync_file_range sync_file_range2 syncfs"},
    {"@system-service",
     "@aio @basic-io @chown @default @file-system @io-event @ipc @keyring @memlock @network-io "
     "@process @resources @setuid @signal @sync @timer arm_fadvise64_64 capget capset "
     "copy_file_range fadvise64 fadvise64_64 flock get_mempolicy getcpu getpriority ioctl "
     "ioprio_get kcmp madvise mremap name_to_handle_at oldolduname olduname personality readahead "
     "readdir remap_file_pages sched_get_priority_max sched_get_priority_min sched_getattr "
     "sched_getparam sched_getscheduler sched_rr_get_interval sched_rr_get_interval_time64 "
     "sched_yield sendfile sendfile64 setfsgid setfsgid32 setfsuid setfsuid32 setpgid setsid "
     "splice sysinfo tee umask uname userfaultfd vmsplice"},
    {"@timer",
     "alarm getitimer setitimer timer_create timer_delete timer_getoverrun timer_gettime "
     "timer_gettime64 timer_settime timer_settime64 timerfd_create timerfd_gettime "
     "timerfd_gettime64 timerfd_settime timerfd_settime64 times"},
};

/// The tables, cut into words.
class Catalogue {
 public:
  Catalogue() : names_(words(kNative)), natives_(names_.size()) {
    for (const std::string_view name : words(kForeign)) names_.push_back(name);
    for (std::size_t i = 0; i < names_.size(); ++i)
      places_.emplace(names_[i], static_cast<std::uint16_t>(i));
    for (const Group& group : kGroups) add(group.members, groups_[group.name]);
    std::vector<std::uint16_t>& known = groups_["@known"];
    const auto unlisted = words(kUnlisted);
    for (std::size_t i = 0; i < names_.size(); ++i)
      if (std::find(unlisted.begin(), unlisted.end(), names_[i]) == unlisted.end())
        known.push_back(static_cast<std::uint16_t>(i));
  }

  [[nodiscard]] std::optional<std::uint16_t> find(std::string_view name) const {
    const auto found = places_.find(name);
    if (found == places_.end()) return {};
    return found->second;
  }
  [[nodiscard]] std::string_view name(std::uint16_t call) const { return names_[call]; }
  [[nodiscard]] bool is_native(std::uint16_t call) const { return call < natives_; }
  [[nodiscard]] const std::vector<std::uint16_t>* group(std::string_view name) const {
    const auto found = groups_.find(name);
    return found == groups_.end() ? nullptr : &found->second;
  }

 private:
  void add(std::string_view members, std::vector<std::uint16_t>& out) {
    for (const std::string_view member : words(members)) {
      if (member.front() == '@') {
        const auto* const inner = std::find_if(std::begin(kGroups), std::end(kGroups),
                                               [&](const Group& g) { return g.name == member; });
        if (inner != std::end(kGroups)) add(inner->members, out);
      } else if (const auto call = find(member)) {
        out.push_back(*call);
      }
    }
  }

  std::vector<std::string_view> names_;  ///< native ones first
  std::size_t natives_;
  std::map<std::string_view, std::uint16_t> places_;
  std::map<std::string_view, std::vector<std::uint16_t>> groups_;
};

const Catalogue& catalogue() {
  static const Catalogue kCatalogue;
  return kCatalogue;
}

}  // namespace

std::optional<std::uint16_t> system_call(std::string_view name) { return catalogue().find(name); }
std::string_view system_call_name(std::uint16_t call) { return catalogue().name(call); }
bool is_native(std::uint16_t call) { return catalogue().is_native(call); }
const std::vector<std::uint16_t>* system_call_group(std::string_view name) {
  return catalogue().group(name);
}

}  // namespace plimsoll::systemd
