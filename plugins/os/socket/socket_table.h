#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace plimsoll {

/// A socket as a line of /proc/net/tcp, tcp6, udp or udp6 describes it (proc_pid_net(5)).
struct Socket {
  std::array<std::uint8_t, 16> address{};  ///< in network order; of IPv4 the first four bytes count
  bool is_ipv6 = false;
  std::uint16_t port = 0;
  unsigned state = 0;
  std::int64_t uid = 0;
  std::uint64_t inode = 0;  ///< 0: no process holds it
  std::uint32_t line = 0;
};

/// States of include/net/tcp_states.h: a TCP socket that waits for connections, and a UDP socket
/// that takes datagrams from everybody.
inline constexpr unsigned kListening = 0x0A, kUnconnected = 0x07;

/// Calls `take` for each socket in that state. Returns the first line that is none, 0 where all
/// are.
std::uint32_t parse_sockets(std::string_view text, bool is_ipv6, unsigned state,
                            const std::function<void(Socket)>& take);

/// Canonical text (RFC 5952; IPv4 inside IPv6 as `::ffff:192.0.2.1`).
std::string address_text(const Socket& socket);
/// Only this host reaches it: 127.0.0.0/8, also inside IPv6, and ::1.
bool is_loopback(const Socket& socket);

}  // namespace plimsoll
