#include <fmt/format.h>

#include "scanner/base/text.h"
#include "scanner/cli/named_probe.h"
#include "scanner/cli/options.h"
#include "scanner/cli/progress.h"
#include "scanner/cli/safety.h"
#include "scanner/cli/terminal.h"
#include "scanner/probe/probe.h"
#include "scanner/report/facts_jsonl.h"
#include "scanner/report/facts_table.h"

namespace plimsoll {
namespace {

Facts run_probe(const Probe& probe, const Request& request) {
  const Progress progress(fmt::format("reading {}", probe.name), true);
  return probe.run(request);
}

/// The facts of one probe on stdout, what it could not see on stderr.
int print_facts(const Probe& probe, const Root& root, const FactsOptions& options) {
  const unsigned jobs = options.jobs != 0 ? options.jobs : usual_jobs();
  const Facts facts = run_probe(probe, {root, options.context, {}, jobs});
  for (const Gap& gap : facts.gaps) {
    print_warning(gap.error);
    if (gap.alike > 0)
      print_warning(fmt::format("{} more lines like that in `{}`", gap.alike,
                                printable(gap.error.where.file)));
  }
  if (!facts.not_applicable.empty())
    print_warning(fmt::format("{}: {}", probe.name, facts.not_applicable));
  const int code = facts.gaps.empty() ? kExitOk : kExitUnknown;
  if (options.format != "table")
    return write_facts_jsonl(probe, facts, options.shadowed, write_stdout) ? code : kExitFailed;
  std::string out;
  if (options.probes.size() > 1) out = fmt::format("# {}\n", probe.name);
  if (!facts.rows.empty())
    out +=
        facts_table(probe, facts, {options.shadowed, want_color(options.color), terminal_width()});
  return print_and_return(out, code);
}

}  // namespace

int run_facts(const FactsOptions& options) {
  if (!start_plugins(options.plugin_dirs)) return kExitFailed;
  std::vector<const Probe*> probes;
  for (const std::string& name : options.probes) {
    probes.push_back(probe_or_error(name));
    if (probes.back() == nullptr) return kExitFailed;
  }
  const auto root = open_target(options.target);
  if (!root)
    return failed(fmt::format("cannot read `{}`: {}", options.target.path, root.error().what));
  confine_to(**root, probes);
  if (const auto loaded = (*root)->load(); !loaded)
    return failed(fmt::format("cannot read `{}`: {}", options.target.path, loaded.error().what));
  int code = kExitOk;
  for (const Probe* probe : probes) {
    const int one = print_facts(*probe, **root, options);
    if (one == kExitFailed) return one;
    if (one != kExitOk) code = one;
  }
  return code;
}

}  // namespace plimsoll
