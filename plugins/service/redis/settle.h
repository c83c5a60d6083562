#pragma once

#include "plugins/service/redis/configuration.h"

namespace plimsoll::redis {

/// What stops the server once all lines are read, and needs no look at anything but them: no
/// socket, TLS without its files, settings of modules that nothing loads (server.c, initServer).
void check_start(Configuration& configuration);

}  // namespace plimsoll::redis
