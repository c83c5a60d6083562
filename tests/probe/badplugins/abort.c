#include "bad.h"
BAD_PROBE("abort", .open_keys = 1)
static plimsoll_status misbehave(const plimsoll_host* host) {
  (void)host;
  fputs("something was not as it should be", stderr);
  abort();
}
