#pragma once

#include <string_view>

#include "plugins/service/samba/configuration.h"

namespace plimsoll::samba {

inline constexpr std::string_view kDomainController = "active directory domain controller";

/// What the server is in the end, in the words of `server role` (lp_find_server_role).
std::string_view server_role(const Configuration& configuration);

}  // namespace plimsoll::samba
