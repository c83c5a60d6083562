#include "bad.h"
BAD_PROBE("flood-rows", .open_keys = 1)
static plimsoll_status misbehave(const plimsoll_host* host) {
  for (long i = 0; i < 1000000000; ++i) say(host, "key", "value");
  return PLIMSOLL_OK;
}
