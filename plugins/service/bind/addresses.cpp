#include "plugins/service/bind/addresses.h"

#include <arpa/inet.h>

#include <algorithm>

#include "scanner/base/text.h"

namespace plimsoll::bind {

bool Address::is_loopback() const {
  if (!is_v6) return bytes[0] == 127;
  return std::all_of(bytes.begin(), bytes.end() - 1, [](std::uint8_t b) { return b == 0; }) &&
         bytes.back() == 1;
}

bool Address::fits(unsigned length) const {
  for (unsigned bit = length; bit < bits(); ++bit)
    if ((bytes[bit / 8] >> (7 - bit % 8) & 1) != 0) return false;
  return true;
}

std::string Address::text() const {
  std::array<char, INET6_ADDRSTRLEN> out{};
  const int family = is_v6 ? AF_INET6 : AF_INET;
  if (inet_ntop(family, bytes.data(), out.data(), out.size()) == nullptr) return {};
  std::string text = out.data();
  if (!scope.empty()) text += "%" + scope;
  return text;
}

std::optional<Address> v4_address(std::string_view text) {
  Address out;
  if (inet_pton(AF_INET, std::string(text).c_str(), out.bytes.data()) != 1) return {};
  return out;
}

std::optional<Address> v4_prefix(std::string_view text) {
  constexpr std::size_t kLongest = 15;
  if (text.size() > kLongest) return {};
  std::string full(text);
  for (int missing = 1; missing <= 3; ++missing) {
    full += ".0";
    if (auto out = v4_address(full)) return out;
  }
  return {};
}

std::optional<Address> v6_address(std::string_view text) {
  constexpr std::size_t kLongest = 127;
  if (text.size() > kLongest) return {};
  const std::size_t percent = text.find('%');
  Address out;
  out.is_v6 = true;
  if (inet_pton(AF_INET6, std::string(text.substr(0, percent)).c_str(), out.bytes.data()) != 1)
    return {};
  if (percent == std::string_view::npos) return out;
  // isc_netscope_pton: strtoull(3), which stops at what is no digit; 0 is not printed.
  const std::string_view scope = text.substr(percent + 1);
  const bool is_link_local = out.bytes[0] == 0xfe && (out.bytes[1] & 0xc0U) == 0x80;
  const std::size_t digits = std::min(scope.find_first_not_of("0123456789"), scope.size());
  if (digits == 0 && is_link_local && !scope.empty()) {
    out.scope = scope;
    return out;
  }
  const auto number = to_integer(scope.substr(0, digits));
  if (!number || *number > UINT32_MAX) return {};
  if (*number != 0) out.scope = std::to_string(*number);
  return out;
}

std::optional<Prefix> prefix_of(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return {};
  const auto length = to_integer(text.substr(slash + 1));
  auto address = v4_address(text.substr(0, slash));
  if (!address) address = v6_address(text.substr(0, slash));
  if (!address || !length || *length < 0 || *length > address->bits()) return {};
  return Prefix{*address, static_cast<unsigned>(*length)};
}

bool is_wide(const Prefix& prefix) {
  constexpr unsigned kOrganisationV4 = 8;   // 10.0.0.0/8
  constexpr unsigned kOrganisationV6 = 16;  // far more than any registry gives to one
  if (!prefix.address.is_v6) return prefix.length < kOrganisationV4;
  if (prefix.length >= kOrganisationV6) return false;
  const std::uint8_t first = prefix.address.bytes[0];
  const bool is_unique_local = (first & 0xfeU) == 0xfcU && prefix.length >= 7;
  const bool is_link_local = first == 0xfe && prefix.length >= 10;
  return !is_unique_local && !is_link_local;
}

}  // namespace plimsoll::bind
