#pragma once

#include <string>
#include <vector>

#include "scanner/cli/options.h"
#include "scanner/evaluate/evaluate.h"

namespace plimsoll {

/// What every command that deals with rules begins with: the baselines, the site's own file, and
/// the rules that were chosen.
struct Prepared {
  Library library;
  Site site;
  Plan plan;
  std::vector<CompiledRule> rules;  ///< those of the plan, in its order
};

/// Reads baselines and configuration and works out the rules. Plug-ins are started before. Says on
/// stderr what is wrong; false after an error, and the command fails (a bad baseline never looks
/// green). Each kind of target has a default baseline of its own.
bool prepare(const BaselineChoice& choice, Prepared& out,
             TargetChoice::Kind target = TargetChoice::Kind::root);

/// Runs the probes that the rules need and judges. `started` is seconds since the epoch; host names
/// the machine for waivers.
struct ScanSettings {
  unsigned jobs = 1;
  std::int64_t started = 0;
  bool of_source_tree = false;  ///< has documents, and waivers in their comments count
  bool all_findings = false;    ///< keeps every finding of rules about documents
};
ScanResult perform_scan(const Prepared& prepared, const Root& root, const ScanSettings& settings);

/// A text file of this host, for configuration and baselines; at most 16 MiB.
Result<std::string> read_host_file(const std::string& path);

}  // namespace plimsoll
