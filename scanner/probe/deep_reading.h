#pragma once

#include <atomic>
#include <cstdint>

namespace plimsoll {

/// How far this process is with reading files whole: for the progress line and the sum in a report.
/// No fact rests on it.
struct DeepReading {
  std::atomic<std::uint64_t> planned{0}, files{0}, bytes{0};
};
DeepReading& deep_reading();

}  // namespace plimsoll
