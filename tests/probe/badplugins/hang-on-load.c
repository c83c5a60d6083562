#include "bad.h"
BAD_PROBE("hang-on-load", .open_keys = 1)
__attribute__((constructor)) static void wait_for_ever(void) {
  for (;;) sleep(1000);
}
static plimsoll_status misbehave(const plimsoll_host* host) {
  (void)host;
  return PLIMSOLL_OK;
}
