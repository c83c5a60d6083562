#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "scanner/baseline/diagnostic.h"
#include "scanner/baseline/library.h"
#include "scanner/baseline/site.h"

namespace plimsoll {

/// Which rules, from where, with which values: what the command line asks for.
struct Choice {
  std::vector<std::string>
      baselines;                   ///< ID or ID@VERSION; empty: as the site says, or the default
  std::string level;               ///< of a benchmark; empty: all of it
  std::vector<std::string> rules;  ///< globs on rule ids; empty: every rule
  std::vector<std::pair<std::string, std::string>> set;  ///< parameter, value
  std::string_view fallback = {};  ///< the benchmark when nothing is asked for; empty: a host's
  bool deep = true;  ///< deep rules, too; without them a glob in `rules` may not mean them alone
};

/// One rule of a scan, as benchmark and site have it.
struct PlannedRule {
  const Rule* rule = nullptr;
  const Baseline* baseline = nullptr;  ///< the component
  Severity severity = Severity::medium;
  std::string section;
  std::optional<bool> explicit_value;
};

/// All rules of a scan, sorted by id, with the parameters of their components.
struct Plan {
  std::vector<PlannedRule> rules;
  std::map<const Baseline*, std::vector<Parameter>> parameters;
  std::vector<const Baseline*> baselines;  ///< those that were chosen
  std::vector<std::string> left_out;  ///< ids of deep rules that would be among `rules`; sorted
};

/// The benchmark of a Debian host, used when nothing is asked for and it is there.
inline constexpr std::string_view kDefaultBaseline = "debian-12-server";
/// The same of a source tree.
inline constexpr std::string_view kTreeBaseline = "source-tree";
/// The same of a container image.
inline constexpr std::string_view kImageBaseline = "container-image";

/// Works out the rules. What does not exist or does not fit (baselines, levels, rules, parameters)
/// goes to `problems`, with the nearest name; with an error among them the plan must not be used.
/// The plan points into the library.
Plan make_plan(const Choice& choice, const Site& site, Library& library, Diagnostics& problems);

/// Whether all that a benchmark names (rules, parameters and their values, versions) is there, at
/// every level. The benchmark is in the library.
void check_benchmark(const Library::Entry& entry, Library& library, Diagnostics& problems);

}  // namespace plimsoll
