#pragma once

#include "plugins/service/postgres/cluster.h"

namespace plimsoll::postgres {

/// Options that pg_ctl.conf beside postgresql.conf hands to the server.
void read_command_line(const Root& root, Cluster& cluster);

}  // namespace plimsoll::postgres
