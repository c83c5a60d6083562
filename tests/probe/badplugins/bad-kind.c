#include "bad.h"
static const plimsoll_field fields[] = {
    {PLIMSOLL_LITERAL("mode"), PLIMSOLL_TYPE_MODE, 0, PLIMSOLL_LITERAL("its mode")},
};
BAD_PROBE("bad-kind", .shape = PLIMSOLL_ROWS, .fields = fields, .field_count = 1)
static plimsoll_status misbehave(const plimsoll_host* host) {
  const plimsoll_value value = {.kind = PLIMSOLL_A_TEXT, .text = PLIMSOLL_LITERAL("0640")};
  host->row(host, &value, 1, NULL);
  return PLIMSOLL_OK;
}
