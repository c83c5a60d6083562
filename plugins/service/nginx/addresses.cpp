#include "plugins/service/nginx/addresses.h"

#include <arpa/inet.h>

#include <array>
#include <cstdint>
#include <string>

#include "scanner/base/text.h"

namespace plimsoll::nginx {
namespace {

/// Without port and brackets.
std::string host_of(std::string_view address) {
  if (address.starts_with('[')) return std::string(address.substr(1, address.find(']') - 1));
  const std::size_t colon = address.find(':');
  if (colon != std::string_view::npos && address.find(':', colon + 1) == std::string_view::npos)
    address = address.substr(0, colon);
  return std::string(address);
}

struct Range {
  std::uint32_t network, bits;
};

constexpr std::array kPrivate = {
    Range{0x0A000000, 8}, Range{0xAC100000, 12}, Range{0xC0A80000, 16},
    Range{0x7F000000, 8}, Range{0xA9FE0000, 16}, Range{0x64400000, 10},
};

constexpr std::array<std::string_view, 12> kPrivateDomains = {
    ".local",   ".internal", ".lan",         ".home",      ".corp",      ".intranet",
    ".private", ".consul",   ".localdomain", ".localhost", ".home.arpa", ".svc"};

}  // namespace

bool is_loopback(std::string_view address) {
  if (address.starts_with("unix:")) return true;
  const std::string host = host_of(address);
  return host.starts_with("127.") || host == "::1" || iequals(host, "localhost");
}

bool is_private(std::string_view address) {
  if (is_loopback(address)) return true;
  const std::string host = host_of(address);
  in_addr four{};
  if (inet_pton(AF_INET, host.c_str(), &four) == 1) {
    const std::uint32_t number = ntohl(four.s_addr);
    for (const Range& range : kPrivate)
      if (number >> (32 - range.bits) == range.network >> (32 - range.bits)) return true;
    return false;
  }
  in6_addr six{};
  if (inet_pton(AF_INET6, host.c_str(), &six) == 1)
    return (six.s6_addr[0] & 0xfe) == 0xfc ||
           (six.s6_addr[0] == 0xfe && (six.s6_addr[1] & 0xc0) == 0x80);
  if (host.find('.') == std::string::npos) return true;
  const std::string name = lower(trim_right(host, "."));
  for (const std::string_view domain : kPrivateDomains)
    if (name.ends_with(domain)) return true;
  return name.find(".svc.") != std::string::npos;
}

}  // namespace plimsoll::nginx
