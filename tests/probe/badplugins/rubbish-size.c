#include "bad.h"
BAD_PROBE("rubbish-size", .open_keys = 1)
/* A frame that claims to have four gigabytes. */
static plimsoll_status misbehave(const plimsoll_host* host) {
  (void)host;
  for (int fd = 3; fd < 10; ++fd)
    if (write(fd, "\xff\xff\xff\xff\x0a", 5) < 0) continue;
  sleep(1000);
  return PLIMSOLL_OK;
}
