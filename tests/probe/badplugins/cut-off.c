#include "bad.h"
BAD_PROBE("cut-off", .open_keys = 1)
/* A setting (kind 10) whose body is a single byte. */
static plimsoll_status misbehave(const plimsoll_host* host) {
  (void)host;
  for (int fd = 3; fd < 10; ++fd)
    if (write(fd, "\x01\x00\x00\x00\x0a\x01", 6) < 0) continue;
  sleep(1000);
  return PLIMSOLL_OK;
}
