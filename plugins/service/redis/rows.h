#pragma once

#include "plugins/service/redis/configuration.h"
#include "plugins/service/redis/users.h"
#include "scanner/base/fact.h"

namespace plimsoll::redis {

/// Files, parameters that lines set, and lines that are no parameters.
void write_settings(const Configuration& configuration, Facts& facts);
/// The parameters that no line sets.
void write_defaults(const Configuration& configuration, Facts& facts);
void write_users(const Configuration& configuration, const Users& users, Facts& facts);
/// Files and directories that others may look into.
void write_modes(const Root& root, const Configuration& configuration, const Users& users,
                 Facts& facts);

}  // namespace plimsoll::redis
