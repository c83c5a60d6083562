#include <fmt/format.h>

#include "scanner/cli/options.h"
#include "scanner/cli/prepare.h"
#include "scanner/cli/safety.h"
#include "scanner/cli/terminal.h"
#include "scanner/report/rule_list.h"

namespace plimsoll {

int run_rules(const RulesOptions& options) {
  if (!start_plugins(options.choice.plugin_dirs)) return kExitFailed;
  BaselineChoice choice = options.choice;
  // Without a baseline all components are meant, not what a scan would select.
  if (choice.rules.empty() && choice.baselines.empty()) choice.rules = {"*"};
  Prepared prepared;
  if (!prepare(choice, prepared)) return kExitFailed;
  if (options.format == "json") return print_and_return(rules_json(prepared.plan), kExitOk);
  if (options.format == "ids") return print_and_return(rule_ids(prepared.plan), kExitOk);
  return print_and_return(
      rule_list_text(prepared.plan, want_color(options.color), terminal_width()), kExitOk);
}

}  // namespace plimsoll
