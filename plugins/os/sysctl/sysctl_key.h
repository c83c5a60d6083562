#pragma once

#include <string>
#include <string_view>

namespace plimsoll {

/// A key as a path below /proc/sys, without a leading slash: `net.ipv4.ip_forward` and
/// `net/ipv4/ip_forward` are one. sysctl.d(5): the first separator decides; when it is a dot, dots
/// and slashes change places throughout.
std::string sysctl_path(std::string_view key);

/// The path as a key with dots between its parts, and a slash where a part holds a dot.
std::string sysctl_key(std::string_view path);

/// Whether systemd-sysctl takes the key for a glob(7) pattern.
bool is_pattern(std::string_view path);

/// glob(7), part by part: a wildcard never matches a slash.
bool path_matches(std::string_view pattern, std::string_view path);

}  // namespace plimsoll
