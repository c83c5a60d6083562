/* What every plug-in here has in common: it is called NAME, yields settings, and misbehaves in
 * `read` unless it says otherwise. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "plimsoll_probe.h"

static plimsoll_status misbehave(const plimsoll_host* host);

static inline void say(const plimsoll_host* host, const char* key, const char* value) {
  host->setting(host, PLIMSOLL_STR(""), (plimsoll_str){key, strlen(key)},
                (plimsoll_str){value, strlen(value)}, NULL);
}

#define BAD_PROBE(probe_name, ...)                                                \
  static const plimsoll_probe probe = {.abi_version = PLIMSOLL_PROBE_ABI,         \
                                       .struct_size = sizeof(plimsoll_probe),     \
                                       .field_size = sizeof(plimsoll_field),      \
                                       .name = PLIMSOLL_LITERAL(probe_name),      \
                                       .summary = PLIMSOLL_LITERAL("misbehaves"), \
                                       .semantics = PLIMSOLL_LITERAL("none"),     \
                                                                                  \
                                       .read = misbehave,                         \
                                       __VA_ARGS__};                              \
  PLIMSOLL_EXPORT const plimsoll_probe* plimsoll_probe_entry(void) { return &probe; }
