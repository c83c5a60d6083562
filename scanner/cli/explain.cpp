#include "scanner/cli/options.h"
#include "scanner/cli/terminal.h"

namespace plimsoll {

int run_explain(const ExplainOptions&) { return failed("`plimsoll explain` is not built in yet"); }

}  // namespace plimsoll
