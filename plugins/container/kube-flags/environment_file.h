#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::kube {

struct Variable {
  std::string name, value;
  std::uint32_t line = 0;
};

/// A file of EnvironmentFile= as systemd reads it (systemd.exec(5)): no shell, so a value without
/// quotes goes on to the end of its line.
std::vector<Variable> read_environment_file(std::string_view text);

}  // namespace plimsoll::kube
