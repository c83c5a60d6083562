#include <fmt/format.h>

#include "scanner/base/nearest.h"
#include "scanner/cli/options.h"
#include "scanner/cli/terminal.h"
#include "scanner/probe/probe.h"
#include "scanner/report/facts_jsonl.h"

namespace plimsoll {
namespace {

int unknown_probe(const std::string& name) {
  std::vector<std::string_view> names;
  for (const Probe* probe : builtin_probes()) names.push_back(probe->name);
  const std::string near = nearest_name(name, names);
  return failed(fmt::format("unknown probe `{}`", name),
                near.empty() ? "`plimsoll probes` lists them" : did_you_mean(near));
}

}  // namespace

int run_facts(const FactsOptions& options) {
  const auto root = Root::directory(options.root);
  if (!root) return failed(fmt::format("cannot scan `{}`: {}", options.root, root.error().what));
  int code = kExitOk;
  for (const std::string& name : options.probes) {
    const Probe* probe = find_builtin_probe(name);
    if (probe == nullptr) return unknown_probe(name);
    const Facts facts =
        probe->read({**root, options.context, {}, options.jobs == 0 ? 2 : options.jobs});
    for (const Gap& gap : facts.gaps) {
      print_warning(
          fmt::format("{}:{}: {}", gap.error.where.file, gap.error.where.line, gap.error.what));
      code = kExitUnknown;
    }
    if (!write_stdout(facts_jsonl(*probe, facts, options.shadowed))) return kExitFailed;
  }
  return code;
}

}  // namespace plimsoll
