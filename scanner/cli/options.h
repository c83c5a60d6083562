#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "scanner/baseline/model.h"

namespace plimsoll {

/// When to colour: only on a terminal (and without NO_COLOR), always, never.
enum class Color : std::uint8_t { automatic, always, never };

/// Which rules, from where, with which values: shared by every command that loads baselines.
struct BaselineChoice {
  std::vector<std::string>
      baselines;      ///< `ID`, `ID@VERSION` or a file; empty: the default for this host
  std::string level;  ///< of a benchmark; empty: all of it
  std::vector<std::string> rules;                        ///< globs on rule ids; empty: every rule
  std::vector<std::pair<std::string, std::string>> set;  ///< parameter, value
  std::string config;                    ///< plimsoll.toml; empty: the one in /etc/plimsoll, if any
  std::vector<std::string> plugin_dirs;  ///< folders with plug-ins, as the user named them
  std::string lock = {};                 ///< plimsoll.lock: only what it pins may be used
  bool deep = true;                      ///< deep rules, too
};

/// What is looked at.
struct TargetChoice {
  enum class Kind : std::uint8_t {
    root,   ///< a tree that mirrors `/`; `/` itself is the live host
    tree,   ///< a source tree, or one file of it
    image,  ///< an archive with a container image
  };
  Kind kind = Kind::root;
  std::string path = "/";  ///< as the user wrote it
};

struct ScanOptions {
  BaselineChoice choice;
  TargetChoice target;
  std::string format = "text";
  std::vector<std::pair<std::string, std::string>> outputs;  ///< format, file
  Severity fail_on = Severity::low;
  unsigned jobs = 0;     ///< 0: as many as there are processors, up to a small number
  std::string new_only;  ///< a file of `plimsoll accept`: what it names is no drift
  std::string accepted;  ///< accept: where the list goes; empty: to stdout
  bool diff = false;     ///< shows the edit of each finding, as far as one was found that helps
  bool verbose = false;
  bool quiet = false;
  Color color = Color::automatic;
};

struct FactsOptions {
  std::vector<std::string> probes;
  TargetChoice target;
  std::string format = "table";
  bool shadowed = false;
  std::map<std::string, std::string, std::less<>> context;
  unsigned jobs = 0;
  std::vector<std::string> plugin_dirs;
  Color color = Color::automatic;
};

struct ExplainOptions {
  BaselineChoice choice;
  std::string rule;
  Color color = Color::automatic;
};

struct RulesOptions {
  BaselineChoice choice;  ///< its `rules` are the globs of the command line
  std::string format = "text";
  Color color = Color::automatic;
};

struct ProbesOptions {
  std::string name;  ///< empty: all of them
  std::string format = "text";
  std::vector<std::string> plugin_dirs;
  Color color = Color::automatic;
};

struct BaselineOptions {
  enum class Action : std::uint8_t { lint, test, list, show, diff, lock };
  Action action = Action::list;
  std::vector<std::string> names;  ///< files or `ID[@VERSION]`, as the action takes them
  bool on_disk = false;            ///< test: through a directory of this host, too
  std::vector<std::string> plugin_dirs;
  std::string format = "text";
  Color color = Color::automatic;
};

// One command each, in a file of its name. They print their report to stdout, all else to stderr,
// and return the exit code of the program.
int run_scan(const ScanOptions& options);
int run_accept(const ScanOptions& options);
int run_facts(const FactsOptions& options);
int run_explain(const ExplainOptions& options);
int run_rules(const RulesOptions& options);
int run_probes(const ProbesOptions& options);
int run_baseline(const BaselineOptions& options);

/// Exit codes of every command.
inline constexpr int kExitOk = 0;       ///< nothing drifted, nothing unknown
inline constexpr int kExitDrift = 1;    ///< something at or above --fail-on drifted
inline constexpr int kExitFailed = 2;   ///< wrong usage, a bad baseline, nothing to check
inline constexpr int kExitUnknown = 3;  ///< no drift, but something could not be judged

}  // namespace plimsoll
