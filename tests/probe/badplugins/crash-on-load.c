#include <signal.h>

#include "bad.h"
BAD_PROBE("crash-on-load", .open_keys = 1)
__attribute__((constructor)) static void crash(void) { raise(11); }
static plimsoll_status misbehave(const plimsoll_host* host) {
  (void)host;
  return PLIMSOLL_OK;
}
