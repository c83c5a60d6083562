#include "scanner/cli/options.h"
#include "scanner/cli/terminal.h"

namespace plimsoll {

int run_scan(const ScanOptions&) { return failed("`plimsoll scan` is not built in yet"); }

}  // namespace plimsoll
