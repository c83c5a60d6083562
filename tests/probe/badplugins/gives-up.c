#include "bad.h"
BAD_PROBE("gives-up", .open_keys = 1)
static plimsoll_status misbehave(const plimsoll_host* host) {
  plimsoll_str text;
  return host->read_file(host, PLIMSOLL_STR("/etc/missing"), &text);
}
