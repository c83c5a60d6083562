#include "bad.h"
static const plimsoll_probe probe = {
    .abi_version = PLIMSOLL_PROBE_ABI,
    .struct_size = sizeof(plimsoll_probe),
    .field_size = sizeof(plimsoll_field) - 8,
    .name = PLIMSOLL_LITERAL("wrong-field-size"),
    .read = misbehave,
};
PLIMSOLL_EXPORT const plimsoll_probe* plimsoll_probe_entry(void) { return &probe; }
static plimsoll_status misbehave(const plimsoll_host* host) {
  (void)host;
  return PLIMSOLL_OK;
}
