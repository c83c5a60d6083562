#include "scanner/cli/progress.h"

#include <fmt/format.h>

#include "scanner/base/bytes.h"
#include "scanner/base/text.h"
#include "scanner/cli/terminal.h"
#include "scanner/probe/deep_reading.h"

namespace plimsoll {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 500ms, kTick = 200ms;
constexpr std::string_view kErase = "\r\x1b[K";

/// ", 1200 of 31000 files, 310 MiB": nothing before there is a plan.
std::string how_far() {
  const DeepReading& reading = deep_reading();
  if (reading.planned == 0) return {};
  return fmt::format(", {} of {} files, {}", reading.files.load(), reading.planned.load(),
                     size_text(reading.bytes));
}

}  // namespace

Progress::Progress(std::string what, bool wanted) : what_(printable(what)) {
  if (wanted && stderr_is_terminal()) thread_ = std::thread([this] { show(); });
}

Progress::~Progress() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    is_over_ = true;
  }
  ended_.notify_one();
  thread_.join();
}

void Progress::show() {
  const auto start = std::chrono::steady_clock::now();
  std::unique_lock lock(mutex_);
  if (ended_.wait_for(lock, kPatience, [this] { return is_over_; })) return;
  do {
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start;
    write_stderr(fmt::format("{}{} … {:.1f} s{}", kErase, what_, passed.count(), how_far()));
  } while (!ended_.wait_for(lock, kTick, [this] { return is_over_; }));
  write_stderr(kErase);
}

}  // namespace plimsoll
