#pragma once

#include <string>

#include "plugins/service/samba/configuration.h"

namespace plimsoll::samba {

/// A text with the variables that stand for something before there is a client.
struct Substituted {
  std::string text;     ///< as Samba has it where no client is
  std::string pattern;  ///< for glob(3): `*` for what is one thing for one client and another for
                        ///< the next
  bool varies = false;  ///< it has such variables
  bool is_unknown = false;  ///< it has the name of the host, which is not known
};

/// `%h`, `%L`, `%v`, `%m` and so on (talloc_sub_basic).
Substituted substitute(std::string_view text, const Configuration& configuration);

}  // namespace plimsoll::samba
