#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace plimsoll {

/// How to see from outside that a daemon has read its configuration again without being started.
enum class Reload : std::uint8_t {
  never,     ///< it does so at its start only
  workers,   ///< it starts new children named `trace`
  pid_file,  ///< it writes its process id to the file `trace` again
};

/// A well-known daemon and its configuration. Daemons that read it again and leave no trace of that
/// are not listed: nobody could tell old from new.
struct Daemon {
  std::string_view name;                    ///< as /proc/PID/stat has it: 15 bytes at most
  std::span<const std::string_view> files;  ///< glob(7) patterns
  Reload reload = Reload::never;
  std::string_view trace = {};
};

/// The daemon of that name, or null.
const Daemon* find_daemon(std::string_view name);

}  // namespace plimsoll
