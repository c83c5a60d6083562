#include <ctime>

#include "scanner/cli/options.h"
#include "scanner/cli/prepare.h"
#include "scanner/cli/safety.h"
#include "scanner/cli/terminal.h"
#include "scanner/report/machine.h"
#include "scanner/report/text.h"

namespace plimsoll {

int run_scan(const ScanOptions& options) {
  if (!start_plugins(options.choice.plugin_dirs)) return kExitFailed;
  Prepared prepared;
  if (!prepare(options.choice, prepared)) return kExitFailed;
  const auto root = Root::directory(options.root);
  if (!root) return failed(root.error(), "`--root` takes a directory");
  confine_to(**root);
  ScanResult result =
      perform_scan(prepared, **root, options.jobs == 0 ? 2 : options.jobs, std::time(nullptr));
  result.target = options.root;
  result.target_kind = (*root)->is_live() ? "host" : "root";
  const std::string text = options.format == "json"    ? json_report(result)
                           : options.format == "sarif" ? sarif_report(result)
                           : options.format == "junit" ? junit_report(result)
                                                       : text_report(result, {});
  if (result.outcomes.empty()) return failed("there is nothing to check: no rule was chosen");
  return print_and_return(text, exit_code(result, options.fail_on));
}

}  // namespace plimsoll
