#include "bad.h"
BAD_PROBE("flood-bytes", .open_keys = 1)
static char much[1 << 19];
static plimsoll_status misbehave(const plimsoll_host* host) {
  memset(much, 'x', sizeof much - 1);
  for (long i = 0; i < 1000000000; ++i) say(host, "key", much);
  return PLIMSOLL_OK;
}
