#include "scanner/report/explain.h"

#include <fmt/format.h>

#include <algorithm>

#include "scanner/base/nearest.h"
#include "scanner/cli/options.h"
#include "scanner/cli/prepare.h"
#include "scanner/cli/safety.h"
#include "scanner/cli/terminal.h"
#include "scanner/report/rule_list.h"

namespace plimsoll {
namespace {

const PlannedRule* find_rule(const Plan& plan, std::string_view id) {
  const auto found = std::find_if(plan.rules.begin(), plan.rules.end(),
                                  [&](const PlannedRule& one) { return one.rule->id == id; });
  return found == plan.rules.end() ? nullptr : &*found;
}

int unknown_rule(const std::string& id, const Prepared& prepared) {
  for (const Override& change : prepared.site.overrides)
    if (change.disabled && name_matches(change.rule, id))
      return failed(fmt::format("rule `{}` is disabled here: {}", id, change.reason),
                    fmt::format("see {}:{}", prepared.site.file, change.line));
  std::vector<std::string_view> ids;
  for (const PlannedRule& planned : prepared.plan.rules) ids.push_back(planned.rule->id);
  const std::string near = nearest_name(id, ids);
  return failed(fmt::format("unknown rule `{}`", id),
                near.empty() ? "`plimsoll rules` lists them" : did_you_mean(near));
}

Explained explained_rule(const PlannedRule& planned, Prepared& prepared) {
  const std::string& id = planned.rule->id;
  Explained out;
  out.planned = &planned;
  out.parameters = used_parameters(planned, prepared.plan);
  for (const Library::Entry& entry : prepared.library.entries()) {
    if (!entry.is_benchmark) continue;
    const Baseline& benchmark = prepared.library.baseline(entry);
    for (const Baseline::Selected& selected : benchmark.selects)
      if (selected.takes(id)) out.benchmarks.push_back({&benchmark, &selected});
  }
  out.site = &prepared.site;
  for (const Waiver& waiver : prepared.site.waivers)
    if (name_matches(waiver.rule, id)) out.waivers.push_back(&waiver);
  return out;
}

}  // namespace

int run_explain(const ExplainOptions& options) {
  if (!start_plugins(options.choice.plugin_dirs)) return kExitFailed;
  BaselineChoice choice = options.choice;
  // All components are meant, whatever a scan would select.
  if (choice.baselines.empty()) choice.rules = {"*"};
  Prepared prepared;
  if (!prepare(choice, prepared)) return kExitFailed;
  const PlannedRule* planned = find_rule(prepared.plan, options.rule);
  if (planned == nullptr) return unknown_rule(options.rule, prepared);
  return print_and_return(
      explain_text(explained_rule(*planned, prepared), want_color(options.color), terminal_width()),
      kExitOk);
}

}  // namespace plimsoll
