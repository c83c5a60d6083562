#include "scanner/cli/options.h"
#include "scanner/cli/terminal.h"

namespace plimsoll {

int run_baseline(const BaselineOptions&) {
  return failed("`plimsoll baseline` is not built in yet");
}

}  // namespace plimsoll
