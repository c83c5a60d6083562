#include "scanner/formats/openssh/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>

#include "scanner/base/text.h"
#include "scanner/formats/openssh/syntax.h"

namespace plimsoll::openssh {
namespace {

struct Network {
  Address address;
  unsigned bits = 0;
};

bool bit(const Address& address, unsigned index) {
  return ((address.bytes[index / 8] >> (7U - index % 8)) & 1U) != 0;
}

bool inside(const Address& address, const Network& network) {
  if (address.v6 != network.address.v6) return false;
  for (unsigned i = 0; i < network.bits; ++i)
    if (bit(address, i) != bit(network.address, i)) return false;
  return true;
}

enum class Form : std::uint8_t { network, other, inconsistent };

/// `other` may still be a wildcard; a length that is too long for the family, or set bits beyond
/// it, is an error of its own.
Form parse_network(std::string_view text, Network& out) {
  constexpr std::size_t kLongestAddress = 63;
  if (text.size() > kLongestAddress) return Form::other;
  const auto slash = text.find('/');
  std::optional<std::int64_t> length;
  if (slash != std::string_view::npos) {
    const std::string_view digits = text.substr(slash + 1);
    if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos)
      return Form::other;
    length = to_integer(digits);
    if (!length || *length > 128) return Form::other;
  }
  const auto address = parse_address(text.substr(0, slash));
  if (!address) return Form::other;
  out.address = *address;
  out.bits = length ? static_cast<unsigned>(*length) : address->bits();
  if (out.bits > address->bits()) return Form::inconsistent;
  for (unsigned i = out.bits; i < address->bits(); ++i)
    if (bit(*address, i)) return Form::inconsistent;
  return Form::network;
}

}  // namespace

std::string Address::text() const {
  char buffer[INET6_ADDRSTRLEN] = {};
  inet_ntop(v6 ? AF_INET6 : AF_INET, bytes.data(), buffer, sizeof buffer);
  return buffer;
}

std::optional<Address> parse_address(std::string_view text) {
  const std::string name(text);
  if (name.find_first_of(" \t\r\n") != std::string::npos ||
      name.size() != std::strlen(name.c_str()))
    return std::nullopt;
  Address out;
  in_addr v4{};
  if (inet_aton(name.c_str(), &v4) != 0) {
    std::memcpy(out.bytes.data(), &v4, sizeof v4);
    return out;
  }
  out.v6 = true;
  if (inet_pton(AF_INET6, name.c_str(), out.bytes.data()) == 1) return out;
  return std::nullopt;
}

AddressMatch matches_addresses(std::optional<std::string_view> address, std::string_view list) {
  std::optional<Address> wanted;
  if (address && !(wanted = parse_address(*address))) return AddressMatch::none;
  AddressMatch found = AddressMatch::none;
  for (std::string_view item : split(list, ',')) {
    const bool negated = item.starts_with('!');
    if (negated) item.remove_prefix(1);
    if (item.empty()) return AddressMatch::invalid;
    Network network;
    const Form form = parse_network(item, network);
    if (form == Form::inconsistent) return AddressMatch::invalid;
    const bool hit = wanted && (form == Form::network ? inside(*wanted, network)
                                                      : matches_pattern(*address, item));
    if (!hit) continue;
    if (negated) return AddressMatch::negative;
    found = AddressMatch::positive;
  }
  return found;
}

}  // namespace plimsoll::openssh
