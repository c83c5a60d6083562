#include "plugins/service/samba/role.h"

#include "scanner/base/text.h"

namespace plimsoll::samba {

std::string_view server_role(const Configuration& configuration) {
  const std::string& role = configuration.value("server role");
  const std::string& security = configuration.value("security");
  const bool is_domain = is_one_of(security, "DOMAIN ADS");
  const bool agrees = security == "AUTO" || is_domain == (role == "member server");
  if (role != "auto" && agrees) return role;
  if (is_domain) return "member server";
  if (configuration.value("domain logons") != "Yes") return "standalone server";
  return configuration.value("domain master") == "No" ? "classic backup domain controller"
                                                      : "classic primary domain controller";
}

}  // namespace plimsoll::samba
