#pragma once

#include "plugins/container/compose/node.h"

namespace plimsoll::compose {

/// Writes the short forms of a service as the long ones: lists of `NAME=value` as maps, ports,
/// volumes, devices, secrets, configs and env_file as lists of maps, `build` as a map, and so on.
void make_long(Node& service);

/// Puts `over` on top of `base` (Compose specification, Merge): maps merge, lists append, some are
/// replaced, some have a key. Both have long forms.
void merge(Node& base, Node over, std::string_view path);

}  // namespace plimsoll::compose
