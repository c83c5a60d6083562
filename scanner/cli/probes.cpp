#include "scanner/cli/options.h"
#include "scanner/cli/terminal.h"

namespace plimsoll {

int run_probes(const ProbesOptions&) { return failed("`plimsoll probes` is not built in yet"); }

}  // namespace plimsoll
