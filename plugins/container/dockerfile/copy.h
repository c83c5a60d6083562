#pragma once

#include <map>
#include <string>
#include <vector>

#include "plugins/container/dockerfile/row.h"
#include "plugins/container/dockerfile/stage.h"
#include "plugins/container/dockerfile/syntax.h"

namespace plimsoll::dockerfile {

/// Lower-case names of stages, and which stage each is.
using StageNames = std::map<std::string, std::size_t, std::less<>>;

struct CopyInput {
  const Instruction& instruction;
  const Scope& scope;
  char escape;
  const Root& root;
  const std::string& path;  ///< of the Dockerfile
  const Stage& stage;
  std::size_t stages;  ///< how many there are so far, this one included
  const StageNames& by_name;
};

struct CopyFacts {
  std::vector<std::string> sources;  ///< here-documents as `<<NAME`
  std::string target, from;
  Traits traits;
  std::vector<std::string> archives;  ///< names under which tar archives are in the image now
};

/// Dockerfile reference, "COPY" and "ADD".
CopyFacts read_copy(const CopyInput& input);

/// Whether the command takes an archive apart.
bool unpacks_archive(const shell::Command& command);
/// What follows the last slash, of either kind; without quotes.
std::string base_name(std::string_view path);
/// Whether a file with that path lies below one of the targets.
bool is_copied(std::string_view path, const std::vector<std::string>& targets);

}  // namespace plimsoll::dockerfile
