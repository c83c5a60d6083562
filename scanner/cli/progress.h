#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace plimsoll {

/// A line on stderr while a scan takes longer than half a second, gone when this ends. Only on a
/// terminal, and only when `wanted`. Starts a thread: after the sandbox was entered. While files
/// are read whole (deep_reading.h) it says how many of how many, and their bytes.
class Progress {
 public:
  Progress(std::string what, bool wanted);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

 private:
  void show();

  std::string what_;
  std::mutex mutex_;
  std::condition_variable ended_;
  bool is_over_ = false;
  std::thread thread_;
};

}  // namespace plimsoll
