#include "bad.h"
BAD_PROBE("crash", .open_keys = 1)
static plimsoll_status misbehave(const plimsoll_host* host) {
  say(host, "before", "the crash");
  volatile int* nowhere = NULL;
  *nowhere = 1;
  return PLIMSOLL_OK;
}
