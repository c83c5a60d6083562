#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <map>

#include "scanner/base/text.h"
#include "scanner/baseline/embedded.h"
#include "scanner/baseline/load.h"
#include "scanner/baseline/lock.h"
#include "scanner/cli/options.h"
#include "scanner/cli/prepare.h"
#include "scanner/cli/safety.h"
#include "scanner/cli/terminal.h"
#include "scanner/evaluate/try_example.h"
#include "scanner/report/baseline_pages.h"

namespace plimsoll {
namespace {

/// One baseline as its author wrote it: TOML and examples, parsed.
struct Written {
  std::string name;  ///< for messages
  bool is_file = false;
  std::string source, examples;
  Loaded loaded;
};

std::string examples_name(const std::string& file) {
  return file.ends_with(".toml") ? file.substr(0, file.size() - 5) + ".examples.toml"
                                 : file + ".examples.toml";
}

void parse(Written& written, const std::string& file) {
  written.loaded = load_baseline(written.source, file, all_probes());
  if (!written.examples.empty())
    load_examples(written.examples, examples_name(file), written.loaded);
}

/// A file, with the examples beside it.
bool read_file(const std::string& name, Written& out) {
  constexpr std::string_view kExamples = ".examples.toml";
  const std::string file =
      name.ends_with(kExamples) ? name.substr(0, name.size() - kExamples.size()) + ".toml" : name;
  const auto source = read_host_file(file);
  if (!source) return print_error(source.error()), false;
  const auto examples = read_host_file(examples_name(file));
  if (!examples && examples.error().code != ErrorCode::not_found)
    return print_error(examples.error()), false;
  out.name = file;
  out.is_file = true;
  out.source = *source;
  if (examples) out.examples = *examples;
  parse(out, file);
  return true;
}

void read_entry(const Library::Entry& entry, Written& out) {
  out.name = fmt::format("{}@{}", entry.id, entry.version);
  out.source = entry.source;
  out.examples = entry.examples;
  parse(out, fmt::format("baselines/{}/{}.toml", entry.id, entry.version));
}

/// What the command line names, or all that is shipped; false after an error.
bool read_named(const std::vector<std::string>& names, const Library& library,
                std::vector<Written>& out) {
  bool sound = true;
  if (names.empty())
    for (const Library::Entry& entry : library.entries()) read_entry(entry, out.emplace_back());
  for (const std::string& name : names) {
    if (name.find('/') != std::string::npos || name.ends_with(".toml"))
      sound = read_file(name, out.emplace_back()) && sound;
    else if (const Library::Entry* entry = library.find_named(name))
      read_entry(*entry, out.emplace_back());
    else
      sound = failed(fmt::format("unknown baseline `{}`", name),
                     "`plimsoll baseline list` lists them") == 0;
  }
  return sound;
}

/// Rules that no example shows passing, or drifting.
std::vector<std::string> unshown(const Loaded& loaded) {
  std::vector<std::string> out;
  for (const Rule& rule : loaded.baseline.rules)
    for (const std::string_view verdict : {"pass", "drift"}) {
      const bool shown =
          std::any_of(loaded.examples.begin(), loaded.examples.end(), [&](const Example& example) {
            return example.rule == rule.id && example.verdict == verdict;
          });
      if (!shown) out.push_back(fmt::format("rule `{}` has no example of `{}`", rule.id, verdict));
    }
  return out;
}

/// What a benchmark names is held against the shipped baselines and the others on the command line.
void check_benchmarks(std::vector<Written>& baselines) {
  Library library(embedded_baselines());
  for (const Written& written : baselines)
    if (written.is_file && !has_errors(written.loaded.problems))
      library.add(written.loaded.baseline);
  for (Written& written : baselines) {
    const Baseline& baseline = written.loaded.baseline;
    if (!baseline.is_benchmark || has_errors(written.loaded.problems)) continue;
    if (const Library::Entry* entry = library.find(baseline.id, baseline.version))
      check_benchmark(*entry, library, written.loaded.problems);
  }
}

int lint(std::vector<Written>& baselines, bool sound) {
  check_benchmarks(baselines);
  std::string report;
  for (const Written& written : baselines) {
    write_stderr(render(written.loaded.problems));
    if (has_errors(written.loaded.problems)) {
      sound = false;
      continue;
    }
    for (const std::string& warning : unshown(written.loaded)) print_warning(warning);
    report += fmt::format("{}: {} rules, {} examples, no errors\n", printable(written.name),
                          written.loaded.baseline.rules.size(), written.loaded.examples.size());
  }
  return print_and_return(report, sound ? kExitOk : kExitFailed);
}

/// "error: `x` gave `pass`, wanted `drift`", where, and what the rule said.
void report_failure(const Example& example, const ExampleTrial& trial) {
  Diagnostic failure;
  failure.what = trial.problem;
  failure.where = {example.source, example.line, 0};
  write_stderr(render(failure));
  if (!example.why.empty()) write_stderr("   = note: it shows: " + printable(example.why) + "\n");
  for (const std::string_view line : split(trial.detail, '\n'))
    if (!line.empty()) write_stderr("   = note: " + printable(line) + "\n");
}

int test(const std::vector<Written>& baselines, bool sound, bool on_disk) {
  std::size_t passed = 0, failures = 0;
  for (const Written& written : baselines) {
    write_stderr(render(written.loaded.problems));
    if (has_errors(written.loaded.problems)) {
      sound = false;
      continue;
    }
    for (const Example& example : written.loaded.examples) {
      ExampleTrial trial = try_example(example, written.loaded.baseline);
      if (trial.problem.empty() && on_disk)
        trial = try_example_on_disk(example, written.loaded.baseline, "/tmp");
      if (trial.problem.empty()) {
        ++passed;
        continue;
      }
      ++failures;
      report_failure(example, trial);
    }
  }
  const std::string summary =
      fmt::format("{} examples: {} as they should, {} not\n", passed + failures, passed, failures);
  const int code = !sound ? kExitFailed : failures > 0 ? kExitDrift : kExitOk;
  return print_and_return(summary, code);
}

std::vector<const Baseline*> heads(const std::vector<Written>& baselines) {
  std::vector<const Baseline*> out;
  for (const Written& written : baselines) out.push_back(&written.loaded.baseline);
  return out;
}

int list(const BaselineOptions& options) {
  Library library(embedded_baselines());
  std::vector<const Baseline*> all;
  for (const Library::Entry& entry : library.entries()) all.push_back(&library.baseline(entry));
  return print_and_return(
      options.format == "json" ? baselines_json(all) : baseline_list_text(all, terminal_width()),
      kExitOk);
}

int show(const std::vector<Written>& baselines, const BaselineOptions& options) {
  if (options.format == "json") return print_and_return(baselines_json(heads(baselines)), kExitOk);
  std::string out;
  for (const Written& written : baselines) out += written.source;
  return print_and_return(out, kExitOk);
}

int diff(const std::vector<Written>& baselines) {
  if (baselines.size() != 2)
    return failed("`plimsoll baseline diff` takes two baselines",
                  "`plimsoll baseline diff OLD NEW`");
  const Baseline& before = baselines[0].loaded.baseline;
  const Baseline& after = baselines[1].loaded.baseline;
  const std::string changed = baseline_diff_text(before, after);
  return print_and_return(
      fmt::format("{} {} → {} {}{}\n{}", printable(before.id), printable(before.version),
                  printable(after.id), printable(after.version),
                  changed.empty() ? ": no difference" : "", changed),
      kExitOk);
}

/// The pins of what a scan with these baselines would use.
int lock(const BaselineOptions& options) {
  Prepared prepared;
  BaselineChoice choice;
  choice.baselines = options.names;
  if (!prepare(choice, prepared)) return kExitFailed;
  return print_and_return(lock_text(prepared.plan, prepared.library), kExitOk);
}

bool all_sound(const std::vector<Written>& baselines) {
  for (const Written& written : baselines) write_stderr(render(written.loaded.problems));
  return std::none_of(baselines.begin(), baselines.end(),
                      [](const Written& written) { return has_errors(written.loaded.problems); });
}

}  // namespace

int run_baseline(const BaselineOptions& options) {
  using Action = BaselineOptions::Action;
  if (!start_plugins(options.plugin_dirs)) return kExitFailed;
  if (options.action == Action::list) return list(options);
  if (options.action == Action::show && options.names.empty())
    return failed("which baseline?", "`plimsoll baseline list` lists them");
  if (options.action == Action::lock) return lock(options);
  const Library library(embedded_baselines());
  std::vector<Written> baselines;
  const bool sound = read_named(options.names, library, baselines);
  if (options.action == Action::lint) return lint(baselines, sound);
  if (options.action == Action::test && options.on_disk && geteuid() != 0)
    return failed("`--on-disk` gives files to their owners, which only root may do",
                  "run it as root, or leave `--on-disk` out");
  if (options.action == Action::test) return test(baselines, sound, options.on_disk);
  if (!sound || !all_sound(baselines)) return kExitFailed;
  return options.action == Action::show ? show(baselines, options) : diff(baselines);
}

}  // namespace plimsoll
