#pragma once

#include "plugins/service/redis/configuration.h"
#include "plugins/service/redis/users.h"
#include "scanner/base/fact.h"

namespace plimsoll::redis {

/// An address of the host itself, which others do not reach.
bool is_local_address(std::string_view address);
/// How connections begin: as the default user, who is `off`, needs no password (`nopass`), has one
/// (`password`), or none that would do (`locked`).
std::string_view default_user(const User& user);
/// `@remote` and `@open`: where other hosts reach the server, and where they may give commands
/// without a password.
void write_exposure(const Configuration& configuration, const Users& users, Facts& facts);

}  // namespace plimsoll::redis
