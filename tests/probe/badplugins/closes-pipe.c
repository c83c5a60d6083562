#include "bad.h"
BAD_PROBE("closes-pipe", .open_keys = 1)
static plimsoll_status misbehave(const plimsoll_host* host) {
  plimsoll_str text;
  for (int fd = 0; fd < 10; ++fd) close(fd);
  host->read_file(host, PLIMSOLL_STR("/etc/x"), &text);
  sleep(1000);
  return PLIMSOLL_OK;
}
