#include "bad.h"
BAD_PROBE("rubbish", .open_keys = 1)
/* Finds the pipe, which it should not, and writes what no host expects. */
static plimsoll_status misbehave(const plimsoll_host* host) {
  (void)host;
  for (int fd = 3; fd < 10; ++fd)
    if (write(fd, "\x01\x00\x00\x00\xff?", 6) < 0) continue;
  sleep(1000);
  return PLIMSOLL_OK;
}
