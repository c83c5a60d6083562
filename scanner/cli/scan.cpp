#include <fmt/format.h>

#include <chrono>
#include <ctime>

#include "scanner/cli/options.h"
#include "scanner/cli/output_files.h"
#include "scanner/cli/prepare.h"
#include "scanner/cli/progress.h"
#include "scanner/cli/safety.h"
#include "scanner/cli/terminal.h"
#include "scanner/report/machine.h"
#include "scanner/report/source_lines.h"
#include "scanner/report/text.h"

namespace plimsoll {
namespace {

/// One scan, and what its reports are written with.
struct Done {
  ScanResult result;
  double seconds = 0;
};

Done scan_root(const Prepared& prepared, const Root& root, const ScanOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  const Progress progress(fmt::format("scanning {}", options.target.shown()), !options.quiet);
  Done done;
  done.result = perform_scan(prepared, root, options.jobs != 0 ? options.jobs : usual_jobs(),
                             std::time(nullptr));
  done.result.target = options.target.shown();
  done.result.target_kind = options.target.is_tree() ? "tree" : root.is_live() ? "host" : "root";
  done.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return done;
}

/// `page` says how the text report looks where it goes.
std::string report_as(const std::string& format, const Done& done, const Root& root,
                      TextOptions page) {
  if (format == "json") return json_report(done.result);
  if (format == "sarif") return sarif_report(done.result);
  if (format == "junit") return junit_report(done.result);
  SourceLines lines(root);
  page.seconds = done.seconds;
  page.source_line = [&](const Origin& origin) { return lines.line(origin); };
  return text_report(done.result, page);
}

bool write_reports(const Done& done, const Root& root, const ScanOptions& options,
                   OutputFiles& outputs) {
  TextOptions page;
  page.verbose = options.verbose;
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

bool is_empty(const Root& root) {
  const auto entries = root.list("/");
  return entries && entries->empty();
}

}  // namespace

int run_scan(const ScanOptions& options) {
  if (!start_plugins(options.choice.plugin_dirs)) return kExitFailed;
  Prepared prepared;
  if (!prepare(options.choice, prepared, options.target.is_tree())) return kExitFailed;
  const auto root = open_target(options.target);
  if (!root)
    return failed(fmt::format("cannot scan `{}`: {}", options.target.shown(), root.error().what));
  OutputFiles outputs;
  if (!outputs.open(options.outputs)) return kExitFailed;
  confine_to(**root);
  if (is_empty(**root))
    return failed(
        fmt::format("nothing to check: `{}` is an empty directory", options.target.shown()),
        options.target.is_tree() ? "`--path` takes a source tree or a file"
                                 : "`--root` takes the top of a tree that mirrors `/`");
  const Done done = scan_root(prepared, **root, options);
  say_notices(done.result, options);
  if (!write_reports(done, **root, options, outputs)) return kExitFailed;
  if (!has_checked_something(done.result, options.target.shown())) return kExitFailed;
  return exit_code(done.result, options.fail_on);
}

}  // namespace plimsoll
