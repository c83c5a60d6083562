#pragma once

#include <string_view>

namespace plimsoll::nginx {

/// `127.0.0.1:80`, `[::1]`, `localhost`, `unix:/x`.
bool is_loopback(std::string_view address);
/// An address, or a name, that is not of the public Internet: private ranges, link-local, names
/// without a dot or of a private domain.
bool is_private(std::string_view address);

}  // namespace plimsoll::nginx
