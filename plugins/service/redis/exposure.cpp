#include "plugins/service/redis/exposure.h"

#include <fmt/format.h>

#include "scanner/base/text.h"

namespace plimsoll::redis {
bool is_local_address(std::string_view address) {
  const std::string text = lower(address);
  return text.starts_with("127.") || text == "::1" || text == "localhost" ||
         text.starts_with("::ffff:127.");
}

std::string_view default_user(const User& user) {
  if (!user.is_on()) return "off";
  if (user.needs_no_password()) return "nopass";
  return user.passwords() == 0 ? "locked" : "password";
}

void write_exposure(const Configuration& configuration, const Users& users, Facts& facts) {
  const auto user = users.all.find("default");
  const bool is_free = user != users.all.end() && default_user(user->second) == "nopass";
  // networking.c, acceptCommonHandler: others are turned away while no password is wanted of the
  // default user, be it off.
  const bool is_protected = configuration.value("protected-mode") == "yes";
  const bool wants_certificate = configuration.value("tls-auth-clients") == "yes";
  for (const std::string_view port : {"port", "tls-port"}) {
    const std::string_view number = configuration.value(port);
    if (number == "0") continue;
    const bool is_tls = port == "tls-port";
    for (std::string_view address : words(configuration.value("bind"))) {
      if (address.starts_with('-')) address.remove_prefix(1);
      if (is_local_address(address)) continue;
      const bool is_ipv6 = address.find(':') != std::string_view::npos;
      const std::string place = fmt::format("{}{}{}:{}{}", is_ipv6 ? "[" : "", address,
                                            is_ipv6 ? "]" : "", number, is_tls ? " (TLS)" : "");
      const Origin origin = configuration.origin("bind");
      facts.setting("@remote", place, origin);
      if (is_free && !is_protected && !(is_tls && wants_certificate))
        facts.setting("@open", place,
                      origin.is_default() ? configuration.origin("protected-mode") : origin);
    }
  }
}

}  // namespace plimsoll::redis
