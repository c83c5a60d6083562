#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <ctime>

#include "scanner/cli/options.h"
#include "scanner/cli/output_files.h"
#include "scanner/cli/prepare.h"
#include "scanner/cli/progress.h"
#include "scanner/cli/safety.h"
#include "scanner/cli/terminal.h"
#include "scanner/evaluate/accepted.h"
#include "scanner/evaluate/edit_trial.h"
#include "scanner/report/formats.h"
#include "scanner/report/redact_findings.h"
#include "scanner/report/source_lines.h"
#include "scanner/report/text.h"

namespace plimsoll {
namespace {

/// One scan, and what its reports are written with.
struct Done {
  ScanResult result;
  double seconds = 0;
};

/// Findings for which edits are worked out; more would be applied by nobody in one go.
constexpr std::size_t kMostEdits = 500;

unsigned jobs_of(const ScanOptions& options) {
  return options.jobs != 0 ? options.jobs : usual_jobs();
}

bool is_tree(const ScanOptions& options) { return options.target.kind == TargetChoice::Kind::tree; }

std::string kind_of(const Root& root, const ScanOptions& options) {
  if (root.image() != nullptr) return "image";
  if (is_tree(options)) return "tree";
  return root.is_live() ? "host" : "root";
}

/// The directory of a source tree, or the one around its only file; as the user wrote it.
std::string top_of_tree(const Root& root, const std::string& path) {
  if (root.only_file().empty()) return path;
  const auto slash = path.find_last_of('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash + 1);
}

Done scan_root(const Prepared& prepared, const Root& root, const ScanOptions& options,
               bool is_accepting = false) {
  const auto start = std::chrono::steady_clock::now();
  const Progress progress(fmt::format("scanning {}", options.target.path), !options.quiet);
  Done done;
  done.result = perform_scan(prepared, root,
                             {.jobs = jobs_of(options),
                              .started = std::time(nullptr),
                              .of_source_tree = is_tree(options),
                              .all_findings = is_accepting || !options.new_only.empty()});
  done.result.target = options.target.path;
  if (is_tree(options)) done.result.tree_top = top_of_tree(root, options.target.path);
  done.result.target_kind = kind_of(root, options);
  done.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return done;
}

/// Edits are worked out where somebody will see them; of an image nothing can be edited. On a host
/// each of them takes reading its files again, so there only when asked.
bool wants_edits(const Root& root, const ScanOptions& options) {
  if (root.image() != nullptr) return false;
  if (options.diff || !is_tree(options)) return options.diff;
  const auto carries = [](const std::string& format) {
    const auto known = report_formats();
    return std::any_of(known.begin(), known.end(), [&](const ReportFormat& one) {
      return one.name == format && one.carries_edits;
    });
  };
  return carries(options.format) ||
         std::any_of(options.outputs.begin(), options.outputs.end(),
                     [&](const auto& output) { return carries(output.first); });
}

/// `page` says how the text report looks where it goes.
std::string report_as(const std::string& format, const Done& done, const Root& root,
                      TextOptions page) {
  for (const ReportFormat& one : report_formats())
    if (one.name == format) return one.write(done.result);
  SourceLines lines(root);
  page.seconds = done.seconds;
  page.source_line = [&](const Origin& origin) { return lines.line(origin); };
  return text_report(done.result, page);
}

bool write_reports(const Done& done, const Root& root, const ScanOptions& options,
                   OutputFiles& outputs) {
  TextOptions page;
  page.verbose = options.verbose;
  page.diffs = options.diff;
  page.is_root = geteuid() == 0;
  bool is_written = true;
  for (OutputFiles::File& file : outputs.files())
    is_written = OutputFiles::write(file, report_as(file.format, done, root, page)) && is_written;
  page.color = want_color(options.color);
  page.width = terminal_width();
  page.quiet = options.quiet;
  return write_stdout(report_as(options.format, done, root, page)) && is_written;
}

/// The text report says them itself.
void say_notices(const ScanResult& result, const ScanOptions& options) {
  if (options.quiet || options.format == "text") return;
  for (const std::string& notice : result.notices) print_warning(notice);
}

/// An empty scan is never green.
bool has_checked_something(const ScanResult& result, const std::string& target) {
  const auto idle = result.by_verdict[static_cast<std::size_t>(Verdict::not_applicable)];
  if (idle != result.outcomes.size()) return true;
  print_error(fmt::format("nothing to check: no rule applies to `{}`", target),
              "`--verbose` says why each does not apply");
  return false;
}

std::vector<const Probe*> probes_of(const Prepared& prepared) {
  std::vector<const Probe*> out;
  for (const auto& [probe, selections] : wanted_by(prepared.rules)) out.push_back(probe);
  return out;
}

/// Reads what must be read first; an empty directory has nothing to check.
int load(Root& root, const ScanOptions& options) {
  if (const auto loaded = root.load(); !loaded)
    return failed(fmt::format("cannot scan `{}`: {}", options.target.path, loaded.error().what),
                  "an image is an archive as `docker save` or `skopeo copy` writes it");
  const auto entries = root.list("/");
  if (!entries || !entries->empty()) return kExitOk;
  return failed(fmt::format("nothing to check: `{}` is an empty directory", options.target.path),
                is_tree(options) ? "`--path` takes a source tree or a file"
                                 : "`--root` takes the top of a tree that mirrors `/`");
}

/// What a scan needs before it is confined.
struct Ready {
  Prepared prepared;
  std::unique_ptr<Root> root;
  OutputFiles outputs;
};

/// False after an error.
bool make_ready(const ScanOptions& options,
                const std::vector<std::pair<std::string, std::string>>& outputs, Ready& out) {
  if (!start_plugins(options.choice.plugin_dirs)) return false;
  auto root = open_target(options.target);
  if (!root) {
    print_error(fmt::format("cannot scan `{}`: {}", options.target.path, root.error().what));
    return false;
  }
  out.root = std::move(*root);
  // `--path` may lead to an image as well.
  const auto kind = out.root->image() != nullptr ? TargetChoice::Kind::image : options.target.kind;
  return prepare(options.choice, out.prepared, kind) && out.outputs.open(outputs);
}

bool read_known(const std::string& file, Accepted& out) {
  const auto text = read_host_file(file);
  auto accepted = text ? read_accepted(*text, file) : Result<Accepted>(fail(text.error()));
  if (!accepted) return print_error(accepted.error(), "`plimsoll accept` writes this file"), false;
  out = std::move(*accepted);
  return true;
}

}  // namespace

int run_scan(const ScanOptions& options) {
  Ready ready;
  if (!make_ready(options, options.outputs, ready)) return kExitFailed;
  Accepted accepted;
  if (!options.new_only.empty() && !read_known(options.new_only, accepted)) return kExitFailed;
  confine_to(*ready.root, probes_of(ready.prepared));
  if (const int code = load(*ready.root, options); code != kExitOk) return code;
  Done done = scan_root(ready.prepared, *ready.root, options);
  if (!options.new_only.empty()) {
    apply_accepted(accepted, done.result.outcomes, done.result.notices);
    count_outcomes(done.result);
  }
  if (wants_edits(*ready.root, options))
    propose_edits(ready.prepared.rules, *ready.root, jobs_of(options), kMostEdits,
                  done.result.outcomes, done.result.notices);
  redact_findings(done.result.outcomes);
  say_notices(done.result, options);
  if (!write_reports(done, *ready.root, options, ready.outputs)) return kExitFailed;
  if (!has_checked_something(done.result, options.target.path)) return kExitFailed;
  return exit_code(done.result, options.fail_on);
}

int run_accept(const ScanOptions& options) {
  Ready ready;
  std::vector<std::pair<std::string, std::string>> outputs;
  if (!options.accepted.empty()) outputs.emplace_back("accepted", options.accepted);
  if (!make_ready(options, outputs, ready)) return kExitFailed;
  confine_to(*ready.root, probes_of(ready.prepared));
  if (const int code = load(*ready.root, options); code != kExitOk) return code;
  Done done = scan_root(ready.prepared, *ready.root, options, true);
  redact_findings(done.result.outcomes);
  for (const std::string& notice : done.result.notices) print_warning(notice);
  if (!has_checked_something(done.result, options.target.path)) return kExitFailed;
  for (const Outcome& outcome : done.result.outcomes)
    if (outcome.verdict == Verdict::drift && !outcome.reason.empty())
      print_warning(fmt::format("{}: {}", outcome.rule->id, outcome.reason),
                    "what is not listed is not accepted, so the rule stays drift");
  const std::string list = accepted_text(done.result);
  if (options.accepted.empty()) return print_and_return(list, kExitOk);
  return OutputFiles::write(ready.outputs.files().front(), list) ? kExitOk : kExitFailed;
}

}  // namespace plimsoll
