#include "scanner/probe/plugin_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>

#include "scanner/base/text.h"

namespace plimsoll {
namespace {

constexpr std::size_t kSaidBytes = 400;  // of standard error, kept for the message
constexpr int kGraceMs = 200;            // for a child whose pipe has closed to finish dying

struct Pipes {
  std::array<int, 2> to{-1, -1}, from{-1, -1}, errors{-1, -1};

  bool open() {
    return ::pipe2(to.data(), O_CLOEXEC) == 0 && ::pipe2(from.data(), O_CLOEXEC) == 0 &&
           ::pipe2(errors.data(), O_CLOEXEC) == 0;
  }
  void close_all() {
    for (const int fd : {to[0], to[1], from[0], from[1], errors[0], errors[1]})
      if (fd >= 0) ::close(fd);
  }
};

void limit(__rlimit_resource what, rlim_t most) {
  const rlimit value{most, most};
  static_cast<void>(::setrlimit(what, &value));
}

/// Descriptors 0, 1 and 2 and nothing else; dies with the parent; signals as programs expect them.
void settle_in_child(const Pipes& pipes, pid_t parent) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(0);
  // Above 2 first: a pipe may have been given one of the three numbers.
  const int in = ::fcntl(pipes.to[0], F_DUPFD, 3);
  const int out = ::fcntl(pipes.from[1], F_DUPFD, 3);
  const int errors = ::fcntl(pipes.errors[1], F_DUPFD, 3);
  ::dup2(in, 0);
  ::dup2(out, 1);
  ::dup2(errors, 2);
  if (::close_range(3, ~0U, 0) != 0)
    for (int fd = 3; fd < 1024; ++fd) ::close(fd);
  static_cast<void>(!::chdir("/"));
  for (int number = 1; number < SIGRTMIN; ++number) std::signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  limit(RLIMIT_FSIZE, 0);
  limit(RLIMIT_NOFILE, 256);
}

int milliseconds_left(Deadline deadline) {
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 3'600'000));
}

}  // namespace

Result<std::unique_ptr<PluginProcess>> PluginProcess::start(const std::function<int()>& body) {
  Pipes pipes;
  if (!pipes.open()) {
    const int why = errno;
    pipes.close_all();
    return fail(ErrorCode::failed, fmt::format("no pipe for it: {}", std::strerror(why)));
  }
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid == 0) {
    settle_in_child(pipes, parent);
    ::_exit(body());
  }
  if (pid < 0) {
    const int why = errno;
    pipes.close_all();
    return fail(ErrorCode::failed, fmt::format("no process for it: {}", std::strerror(why)));
  }
  ::setpgid(pid, pid);  // whichever of the two is first
  for (const int fd : {pipes.to[0], pipes.from[1], pipes.errors[1]}) ::close(fd);
  for (const int fd : {pipes.to[1], pipes.from[0], pipes.errors[0]})
    ::fcntl(fd, F_SETFL, O_NONBLOCK);
  return std::unique_ptr<PluginProcess>(
      new PluginProcess(pid, pipes.to[1], pipes.from[0], pipes.errors[0]));
}

PluginProcess::~PluginProcess() { end(); }

/// Waits until `fd` is ready, keeping standard error flowing meanwhile.
Result<void> PluginProcess::wait_for(int fd, short events, Deadline deadline) {
  for (;;) {
    std::array<pollfd, 2> fds{pollfd{fd, events, 0}, pollfd{errors_, POLLIN, 0}};
    const int ready = ::poll(fds.data(), fds.size(), milliseconds_left(deadline));
    if (ready < 0 && errno == EINTR) continue;
    if (ready < 0) return fail(ErrorCode::failed, std::strerror(errno));
    if (fds[1].revents != 0) drain_errors();
    if (fds[0].revents != 0) return {};
    if (std::chrono::steady_clock::now() >= deadline)
      return fail(ErrorCode::limit, "it did not answer in time");
  }
}

void PluginProcess::drain_errors() {
  char block[4096];
  const ssize_t got = errors_ < 0 ? 0 : ::read(errors_, block, sizeof block);
  if (got > 0) {
    said_.append(block, std::min(static_cast<std::size_t>(got), kSaidBytes - said_.size()));
  } else if (got == 0 && errors_ >= 0) {
    ::close(errors_);
    errors_ = -1;  // poll(2) passes over it
  }
}

Result<void> PluginProcess::send(std::string_view bytes, Deadline deadline) {
  while (!bytes.empty()) {
    if (const auto ready = wait_for(to_, POLLOUT, deadline); !ready) return ready;
    const ssize_t done = ::write(to_, bytes.data(), bytes.size());
    if (done < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (done < 0) return fail(ErrorCode::failed, "it does not read what it is asked");
    bytes.remove_prefix(static_cast<std::size_t>(done));
  }
  return {};
}

Result<void> PluginProcess::receive(std::string& buffer, Deadline deadline) {
  char block[65536];
  for (;;) {
    if (const auto ready = wait_for(from_, POLLIN, deadline); !ready) return ready;
    const ssize_t got = ::read(from_, block, sizeof block);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got < 0) return fail(ErrorCode::failed, std::strerror(errno));
    if (got == 0) return fail(ErrorCode::failed, "it ended before its answer was complete");
    buffer.append(block, static_cast<std::size_t>(got));
    return {};
  }
}

/// True when the child has ended; it stays a zombie, so that its number is not given to another.
bool PluginProcess::has_ended() const {
  siginfo_t found{};
  return ::waitid(P_PID, static_cast<id_t>(pid_), &found, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         found.si_pid == pid_;
}

/// Kills the group and reaps the child. `give_time`: its pipe has closed, so it is about to end by
/// itself.
std::string PluginProcess::how_it_ended(bool give_time) {
  for (int waited = 0; give_time && waited < kGraceMs && !has_ended(); ++waited) {
    const timespec moment{0, 1'000'000};
    ::nanosleep(&moment, nullptr);
  }
  const bool by_itself = has_ended();
  ::kill(-pid_, SIGKILL);
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  if (by_itself && WIFSIGNALED(status))
    return fmt::format("signal {} ({}) ended it", WTERMSIG(status), ::strsignal(WTERMSIG(status)));
  if (by_itself && WIFEXITED(status))
    return fmt::format("it exited with status {}", WEXITSTATUS(status));
  return {};
}

std::string PluginProcess::end() {
  if (pid_ <= 0) return {};
  pollfd closed{from_, 0, 0};
  const bool hung_up = ::poll(&closed, 1, 0) > 0 && (closed.revents & POLLHUP) != 0;
  std::string out = how_it_ended(hung_up);
  for (int i = 0; i < 4; ++i) drain_errors();
  const std::string said = printable(trim(said_));
  if (!said.empty()) out += fmt::format("{}it wrote `{}`", out.empty() ? "" : "; ", said);
  close_all();
  pid_ = -1;
  return out;
}

void PluginProcess::close_all() {
  for (int* fd : {&to_, &from_, &errors_}) {
    if (*fd >= 0) ::close(*fd);
    *fd = -1;
  }
}

}  // namespace plimsoll
