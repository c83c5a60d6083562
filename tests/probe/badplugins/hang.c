#include "bad.h"
BAD_PROBE("hang", .open_keys = 1)
static plimsoll_status misbehave(const plimsoll_host* host) {
  (void)host;
  sleep(1000);
  return PLIMSOLL_OK;
}
