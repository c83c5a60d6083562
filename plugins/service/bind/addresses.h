#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace plimsoll::bind {

/// An address of either family.
struct Address {
  bool is_v6 = false;
  std::array<std::uint8_t, 16> bytes{};  ///< of IPv4 the first four
  std::string scope;                     ///< of an IPv6 address: the number in `fe80::1%2`

  [[nodiscard]] unsigned bits() const { return is_v6 ? 128 : 32; }
  [[nodiscard]] bool is_loopback() const;
  /// No bit is set behind the first `length`.
  [[nodiscard]] bool fits(unsigned length) const;
  /// As inet_ntop(3) writes it.
  [[nodiscard]] std::string text() const;
};

std::optional<Address> v4_address(std::string_view text);
/// `10`, `10.1`, `10.1.2`: the rest is zero.
std::optional<Address> v4_prefix(std::string_view text);
/// With a scope behind `%`. Which number the name of an interface stands for is not known here: it
/// stays as it is.
std::optional<Address> v6_address(std::string_view text);

/// An address match list entry: how many of its bits count.
struct Prefix {
  Address address;
  unsigned length = 0;
};
/// What Node::text of a prefix says.
std::optional<Prefix> prefix_of(std::string_view text);
/// It has a good part of the public Internet in it.
bool is_wide(const Prefix& prefix);

}  // namespace plimsoll::bind
