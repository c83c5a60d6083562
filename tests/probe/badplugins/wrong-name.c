#include "bad.h"
BAD_PROBE("another-name", .open_keys = 1)
static plimsoll_status misbehave(const plimsoll_host* host) {
  (void)host;
  return PLIMSOLL_OK;
}
