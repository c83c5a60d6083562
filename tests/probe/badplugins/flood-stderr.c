#include "bad.h"
/* Not a fault: what it writes is drained, and its facts stand. */
BAD_PROBE("flood-stderr", .open_keys = 1)
static plimsoll_status misbehave(const plimsoll_host* host) {
  for (int i = 0; i < 100000; ++i) {
    fputs("this line goes to standard error, again and again\n", stderr);
    puts("and this one nowhere");
  }
  say(host, "flooded", "yes");
  return PLIMSOLL_OK;
}
