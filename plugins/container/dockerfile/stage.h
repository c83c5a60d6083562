#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "plugins/container/dockerfile/expand.h"

namespace plimsoll::dockerfile {

/// What is known of one build stage while its instructions are read.
struct Stage {
  std::int64_t index = 0;
  std::string name;        ///< lower case; empty: none
  std::int64_t base = -1;  ///< the stage it is FROM, or -1
  std::size_t row = 0;     ///< of the stage itself
  Scope scope;
  bool posix_shell = true;  ///< RUN is for a POSIX-like shell, not PowerShell or cmd
  bool pipefail = false;
  bool workdir = false;                 ///< some WORKDIR stands before, in this stage or one below
  std::optional<std::size_t> user_row;  ///< of the last USER of this stage
  std::string user;                     ///< in force, inherited ones included; empty: none is named
  bool healthcheck = false;
  std::vector<std::string> labels;  ///< keys, inherited ones included
  std::optional<std::size_t> cmd_row, entrypoint_row, healthcheck_row;
  bool saw_curl = false, saw_wget = false;
  /// Archives copied in, by base name, with the rows of their instructions.
  std::unordered_map<std::string, std::vector<std::size_t>> archives;
  struct SecretFile {
    std::size_t row = 0;
    std::string path;
  };
  std::vector<SecretFile> secret_files;
  std::vector<std::string> copied_to;
};

}  // namespace plimsoll::dockerfile
