#pragma once

#include "plugins/service/postgres/cluster.h"

namespace plimsoll::postgres {

/// What others than the server may read: its data, its private key, the files that say who may
/// connect.
void write_modes(const Root& root, const Cluster& cluster, Facts& facts);

}  // namespace plimsoll::postgres
