#include "bad.h"
BAD_PROBE("undeclared-key", .open_keys = 0)
static plimsoll_status misbehave(const plimsoll_host* host) {
  say(host, "surprise", "yes");
  return PLIMSOLL_OK;
}
