#include "bad.h"
BAD_PROBE("early-exit", .open_keys = 1)
static plimsoll_status misbehave(const plimsoll_host* host) {
  say(host, "half", "an answer");
  exit(7);
}
