#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "scanner/base/result.h"

namespace plimsoll {

using Deadline = std::chrono::steady_clock::time_point;

/// A child process of this one, in a process group of its own, with a pipe each way. It is killed
/// with its group when the object goes, and dies with this process. One thread at a time.
class PluginProcess {
 public:
  /// Forks. In the child: standard input and output are the pipes, standard error is kept for
  /// `said`, every other descriptor is closed; then `body` runs, and the child ends with what it
  /// returns.
  static Result<std::unique_ptr<PluginProcess>> start(const std::function<int()>& body);
  ~PluginProcess();
  PluginProcess(const PluginProcess&) = delete;
  PluginProcess& operator=(const PluginProcess&) = delete;

  /// Writes all of it, or fails: the child is gone, or the time is up.
  Result<void> send(std::string_view bytes, Deadline deadline);
  /// Appends what has come, at least one byte, or fails.
  Result<void> receive(std::string& buffer, Deadline deadline);

  /// Kills the group and waits. Returns what is known of the end: how the child ended when it did
  /// so by itself, and what it wrote to standard error. Empty when there is nothing to tell.
  std::string end();
  [[nodiscard]] bool running() const { return pid_ > 0; }
  [[nodiscard]] pid_t group() const { return pid_; }

 private:
  PluginProcess(pid_t pid, int to, int from, int errors)
      : pid_(pid), to_(to), from_(from), errors_(errors) {}
  Result<void> wait_for(int fd, short events, Deadline deadline);
  void drain_errors();
  void close_all();
  [[nodiscard]] bool has_ended() const;
  [[nodiscard]] std::string how_it_ended(bool give_time);

  pid_t pid_;
  int to_, from_, errors_;
  std::string said_;
};

}  // namespace plimsoll
