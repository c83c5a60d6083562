#include "plugins/os/socket/socket_table.h"

#include <arpa/inet.h>

#include <algorithm>

#include "scanner/base/text.h"

namespace plimsoll {
namespace {

// sl local rem st tx:rx tr:when retrnsmt uid timeout inode ...
constexpr std::size_t kLocal = 1, kState = 3, kUid = 7, kInode = 9;

constexpr std::array<std::uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

/// `0100007F:0016`: 32-bit words as the processor (little endian) sees them, then the port.
bool read_local(std::string_view text, Socket& socket) {
  const std::size_t digits = socket.is_ipv6 ? 32 : 8;
  if (text.size() != digits + 5 || text[digits] != ':') return false;
  for (std::size_t word = 0; word < digits / 8; ++word) {
    const auto value = to_integer(text.substr(word * 8, 8), 16);
    if (!value || *value < 0) return false;
    for (std::size_t byte = 0; byte < 4; ++byte)
      socket.address[word * 4 + byte] = static_cast<std::uint8_t>(*value >> (8 * byte));
  }
  const auto port = to_integer(text.substr(digits + 1), 16);
  if (!port || *port < 0) return false;
  socket.port = static_cast<std::uint16_t>(*port);
  return true;
}

/// The first fields of a line, without looking at the rest: a busy host has many lines.
std::size_t cut(std::string_view text, std::array<std::string_view, kInode + 1>& fields) {
  std::size_t count = 0;
  for (std::size_t at = 0; count < fields.size();) {
    const auto start = text.find_first_not_of(' ', at);
    if (start == std::string_view::npos) break;
    at = std::min(text.find(' ', start), text.size());
    fields[count++] = text.substr(start, at - start);
  }
  return count;
}

/// False when the line is no socket; `socket.state` tells whether the rest has been read.
bool read_line(std::string_view text, unsigned wanted, Socket& socket) {
  std::array<std::string_view, kInode + 1> fields;
  if (cut(text, fields) != fields.size()) return false;
  const auto state = to_integer(fields[kState], 16);
  if (!state || *state < 0 || *state > 0xff) return false;
  socket.state = static_cast<unsigned>(*state);
  if (socket.state != wanted) return true;
  const auto uid = to_integer(fields[kUid]);
  const auto inode = to_integer(fields[kInode]);
  if (!uid || !inode || *inode < 0) return false;
  socket.uid = *uid;
  socket.inode = static_cast<std::uint64_t>(*inode);
  return read_local(fields[kLocal], socket);
}

bool is_mapped(const Socket& socket) {
  return socket.is_ipv6 && std::equal(kMapped.begin(), kMapped.end(), socket.address.begin());
}

}  // namespace

std::uint32_t parse_sockets(std::string_view text, bool is_ipv6, unsigned state,
                            const std::function<void(Socket)>& take) {
  std::uint32_t wrong = 0;
  for (const Line& line : lines(text)) {
    if (line.number == 1 && trim_left(line.text).starts_with("sl ")) continue;
    Socket socket;
    socket.is_ipv6 = is_ipv6;
    socket.line = line.number;
    if (!read_line(line.text, state, socket)) {
      if (wrong == 0) wrong = line.number;
    } else if (socket.state == state) {
      take(socket);
    }
  }
  return wrong;
}

std::string address_text(const Socket& socket) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = socket.is_ipv6 ? AF_INET6 : AF_INET;
  ::inet_ntop(family, socket.address.data(), text.data(), text.size());
  return text.data();
}

bool is_loopback(const Socket& socket) {
  if (!socket.is_ipv6) return socket.address[0] == 127;
  if (is_mapped(socket)) return socket.address[12] == 127;
  return socket.address[15] == 1 && std::all_of(socket.address.begin(), socket.address.end() - 1,
                                                [](std::uint8_t byte) { return byte == 0; });
}

}  // namespace plimsoll
