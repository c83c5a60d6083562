#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/os/process/daemons.h"
#include "scanner/formats/systemd/unit_index.h"
#include "scanner/root/root.h"

namespace plimsoll {

/// When the files that configure a service were last written.
class Configuration {
 public:
  explicit Configuration(const Root& root) : root_(root), units_(root) {}

  /// The unit's file and drop-ins that were written after a moment (seconds since the epoch).
  std::vector<std::string> unit_files_after(const std::string& unit, std::int64_t moment);
  /// The same of a daemon's own files.
  std::vector<std::string> files_after(const Daemon& daemon, std::int64_t moment);
  /// When a daemon last wrote its process id to that file; 0 when it holds another one, or none.
  [[nodiscard]] std::int64_t time_of_pid_file(std::string_view path, std::int64_t pid) const;
  /// What could not be looked at.
  [[nodiscard]] std::vector<Error> errors() const;

 private:
  void add_if_after(const std::string& path, std::int64_t moment, std::vector<std::string>& out);

  const Root& root_;
  systemd::UnitIndex units_;
  std::vector<Error> errors_;
};

}  // namespace plimsoll
