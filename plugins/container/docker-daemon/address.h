#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace plimsoll::docker {

bool is_ip_address(std::string_view text);

/// Where dockerd listens for a value of `hosts`, as it writes it itself: `tcp://localhost:2375`,
/// `unix:///var/run/docker.sock`. Empty when dockerd refuses it.
std::optional<std::string> normal_host(std::string_view text, bool tls);

/// `tcp://0.0.0.0:2375` and the like, but not a socket file.
inline bool is_tcp(std::string_view host) { return host.starts_with("tcp://"); }

}  // namespace plimsoll::docker
