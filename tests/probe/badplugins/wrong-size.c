#include "plimsoll_probe.h"
static const struct { uint32_t abi_version, struct_size; } small = {PLIMSOLL_PROBE_ABI, 8};
PLIMSOLL_EXPORT const plimsoll_probe* plimsoll_probe_entry(void) {
  return (const plimsoll_probe*)&small;
}
