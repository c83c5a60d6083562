#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "plugins/service/postfix/parameters.h"

namespace plimsoll::postfix {

/// The parameters of one version of Postfix and their defaults, sorted by name; `version` is that
/// of the Debian package. A version that is not known has those of the nearest one that is.
std::vector<Parameter> parameters_of(std::string_view version);

/// Whether the defaults of that version are known: 3.7 to 3.10.
bool is_known_version(std::string_view version);

/// The part of a package's version that is Postfix's own: `3.7.11-0+deb12u1` gives `3.7.11`.
std::string_view upstream_version(std::string_view version);

}  // namespace plimsoll::postfix
