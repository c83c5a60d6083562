#include "scanner/cli/options.h"
#include "scanner/cli/terminal.h"

namespace plimsoll {

int run_rules(const RulesOptions&) { return failed("`plimsoll rules` is not built in yet"); }

}  // namespace plimsoll
