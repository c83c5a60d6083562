#include "bad.h"
static const plimsoll_field fields[] = {
    {PLIMSOLL_LITERAL("name"), PLIMSOLL_TYPE_TEXT, 0, PLIMSOLL_LITERAL("a name")},
    {PLIMSOLL_LITERAL("mode"), PLIMSOLL_TYPE_MODE, 0, PLIMSOLL_LITERAL("its mode")},
};
BAD_PROBE("bad-row", .shape = PLIMSOLL_ROWS, .fields = fields, .field_count = 2)
static plimsoll_status misbehave(const plimsoll_host* host) {
  const plimsoll_value one = {.kind = PLIMSOLL_A_TEXT, .text = PLIMSOLL_LITERAL("x")};
  host->row(host, &one, 1, NULL);
  return PLIMSOLL_OK;
}
