#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::systemd {

struct EnvAssignment {
  std::string name, value;
  std::uint32_t line = 0;  ///< on which the name stands
};

/// A file of EnvironmentFile= (systemd.exec(5)): not shell, although it looks like it. Nothing is
/// expanded, and an unquoted value goes on to the end of its line. Names that are none are left
/// out.
std::vector<EnvAssignment> parse_env_file(std::string_view text);

}  // namespace plimsoll::systemd
