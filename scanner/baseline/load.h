#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/baseline/diagnostic.h"
#include "scanner/baseline/family.h"
#include "scanner/baseline/model.h"
#include "scanner/baseline/read_check.h"

namespace plimsoll {

/// A baseline as read from its TOML, and everything that is wrong with it. With an error among the
/// problems the baseline must not be used.
struct Loaded {
  Baseline baseline;
  std::vector<Example> examples;
  std::vector<Family> families;  ///< for the examples, which may lie in a file of their own
  Diagnostics problems;
};

/// Reads and validates a baseline against the schemas of the probes. `file` is for messages.
Loaded load_baseline(std::string_view text, const std::string& file, Probes probes);
/// Reads `<version>.examples.toml` into what was loaded from `<version>.toml`.
void load_examples(std::string_view text, const std::string& file, Loaded& loaded);

/// A semantic version: three numbers (https://semver.org, no pre-releases).
bool is_semantic_version(std::string_view text);

}  // namespace plimsoll
