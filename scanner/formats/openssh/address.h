#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace plimsoll::openssh {

/// A numeric address, in every spelling that getaddrinfo(3) takes without asking anybody.
struct Address {
  bool v6 = false;
  std::array<std::uint8_t, 16> bytes{};
  [[nodiscard]] unsigned bits() const { return v6 ? 128 : 32; }
  [[nodiscard]] std::string text() const;
};
std::optional<Address> parse_address(std::string_view text);

enum class AddressMatch : std::uint8_t { none, positive, negative, invalid };
/// ssh_config(5) PATTERNS for addresses: CIDR networks or wildcards, comma-separated, `!` negates.
/// Without an address only the form of the list is checked: `none` or `invalid`.
AddressMatch matches_addresses(std::optional<std::string_view> address, std::string_view list);

}  // namespace plimsoll::openssh
