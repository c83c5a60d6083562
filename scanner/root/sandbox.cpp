#include "scanner/root/sandbox.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

#include "scanner/root/sandbox_filter.h"

#if defined(__SANITIZE_ADDRESS__)
#define PLIMSOLL_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define PLIMSOLL_ASAN 1
#endif
#endif

#ifdef PLIMSOLL_ASAN
namespace {
bool sandboxed = false;
}
// LeakSanitizer looks for leaks from a traced clone of the process, which the sandbox forbids. The
// unit tests look for leaks outside of it.
extern "C" int __lsan_is_turned_off() { return sandboxed ? 1 : 0; }
#endif

namespace plimsoll {
namespace {

// landlock(7): rights by the version that brought them. The headers of Debian 12 end at version 2.
constexpr std::uint64_t kReadFile = LANDLOCK_ACCESS_FS_READ_FILE;
constexpr std::uint64_t kReading = kReadFile | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t kExecute = LANDLOCK_ACCESS_FS_EXECUTE;
constexpr std::uint64_t kVersion1 = (1ULL << 13) - 1;
constexpr std::uint64_t kRefer = 1ULL << 13;
constexpr std::uint64_t kTruncate = 1ULL << 14;
constexpr std::uint64_t kIoctlDevice = 1ULL << 15;

long landlock_version() {
  return ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

/// Every right that this version of Landlock can take away, reading apart.
std::uint64_t changing_rights(long version) {
  std::uint64_t rights = kVersion1 & ~kReading;
  if (version >= 2) rights |= kRefer;
  if (version >= 3) rights |= kTruncate;
  if (version >= 5) rights |= kIoctlDevice;
  return rights;
}

/// A Landlock ruleset while it is being put together.
class Ruleset {
 public:
  explicit Ruleset(std::uint64_t handled) : handled_(handled) {
    fd_ = static_cast<int>(::syscall(SYS_landlock_create_ruleset, &handled_, sizeof handled_, 0));
  }
  ~Ruleset() {
    if (fd_ >= 0) ::close(fd_);
  }
  Ruleset(const Ruleset&) = delete;
  Ruleset& operator=(const Ruleset&) = delete;

  void grant(int fd, std::uint64_t rights) {
    if ((rights & handled_) == 0) return;  // an empty rule is an error
    const landlock_path_beneath_attr rule{rights & handled_, fd};
    ok_ = ::syscall(SYS_landlock_add_rule, fd_, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0 && ok_;
  }
  /// A path of this host; nothing happens when it is not there.
  void grant(const char* path, std::uint64_t rights) {
    const int fd = ::open(path, O_PATH | O_CLOEXEC);
    if (fd < 0) return;
    grant(fd, rights);
    ::close(fd);
  }
  bool enforce() { return fd_ >= 0 && ok_ && ::syscall(SYS_landlock_restrict_self, fd_, 0) == 0; }

 private:
  std::uint64_t handled_;
  int fd_ = -1;
  bool ok_ = true;
};

void grant_programs(Ruleset& rules, const std::string& directory) {
  for (const char* path : {"/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/opt"})
    rules.grant(path, kExecute);
  rules.grant(directory.c_str(), kExecute);
  rules.grant("/dev/null", LANDLOCK_ACCESS_FS_WRITE_FILE | kTruncate | kIoctlDevice);
}

bool enter_landlock(const SandboxPlan& plan, long version) {
  std::uint64_t handled = changing_rights(version);
  // A live host may be read everywhere; not handling the right at all costs nothing at each open.
  if (plan.reading != SandboxPlan::Reading::everything) handled |= kReading;
  Ruleset rules(handled);
  if (plan.reading == SandboxPlan::Reading::below_top) rules.grant(plan.top, kReading);
#ifdef PLIMSOLL_ASAN
  rules.grant("/proc", kReading);  // a sanitizer report reads the memory map
#endif
  if (plan.may_execute) grant_programs(rules, plan.program_directory);
  return rules.enforce();
}

/// A dump would hold what was read, shadow files included. core(5): a soft limit of 1 also keeps
/// the kernel from piping the dump to a program, which 0 does not.
void forbid_core_dumps() {
  const rlimit none{1, 1};
  if (::setrlimit(RLIMIT_CORE, &none) == 0) return;
  const rlimit zero{0, 0};
  static_cast<void>(::setrlimit(RLIMIT_CORE, &zero));
}

}  // namespace

Sandbox enter_sandbox(const SandboxPlan& plan) {
  Sandbox sandbox;
  forbid_core_dumps();
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    sandbox.warning = fmt::format("the scan runs without a sandbox: no_new_privs is refused: {}",
                                  std::strerror(errno));
    return sandbox;
  }
  const long version = landlock_version();
  sandbox.landlocked = version >= 1 && !plan.other_processes && enter_landlock(plan, version);
  const bool guarded_opens = sandbox.landlocked && version >= 3;
  const std::string refused = install_filter(plan, guarded_opens);
  sandbox.filtered = refused.empty();
  if (!sandbox.filtered && plan.other_processes)  // better less to see than nothing on guard
    sandbox.landlocked = version >= 1 && enter_landlock(plan, version);
  if (!sandbox.filtered)
    sandbox.warning = fmt::format(
        "the scan runs {}: the kernel takes no seccomp filter: {}",
        sandbox.landlocked ? "in half a sandbox, with Landlock alone" : "without a sandbox",
        refused);
#ifdef PLIMSOLL_ASAN
  sandboxed = true;
#endif
  return sandbox;
}

void give_up_reading() {
  if (landlock_version() < 1) return;
  Ruleset rules(kReading);
#ifdef PLIMSOLL_ASAN
  rules.grant("/proc", kReading);
#endif
  static_cast<void>(rules.enforce());
}

}  // namespace plimsoll
