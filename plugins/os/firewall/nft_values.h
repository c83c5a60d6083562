#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/os/firewall/nft_lexer.h"
#include "scanner/root/root.h"

namespace plimsoll::firewall {

/// What the values of a selector are, as far as their spelling depends on it.
enum class ValueKind : std::uint8_t {
  text,
  number,
  mark,
  port,
  address4,
  address6,
  interface,
  protocol,
  state,
  icmp_type,
  icmpv6_type
};

ValueKind kind_of(std::string_view selector);

/// Room for an IPv6 address.
struct Wide {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  auto operator<=>(const Wide&) const = default;
};

/// One value, or the span between two.
struct Scalar {
  ValueKind kind = ValueKind::text;
  std::string text;      ///< as a listing shows it
  std::string plain;     ///< the same without quotes
  bool numeric = false;  ///< `first` and `last` say what it is
  bool span = false;
  Wide first;
  Wide last;
};

/// Names of ports: /etc/services of the root, read when one is asked for.
class Services {
 public:
  explicit Services(const Root& root) : root_(root) {}
  std::optional<std::uint64_t> port(std::string_view name);

 private:
  const Root& root_;
  std::optional<std::map<std::string, std::uint64_t, std::less<>>> ports_;
};

/// Nothing: no such value.
std::optional<Scalar> scalar(ValueKind kind, const Token& token, Services& services);
/// An IPv4 or IPv6 address.
std::optional<Scalar> address_value(ValueKind kind, std::string_view text);
std::optional<Scalar> with_prefix(const Scalar& address, std::string_view length);
std::optional<Scalar> between(const Scalar& first, const Scalar& last);
/// In the order and with the spans joined as nft lists a set.
std::vector<Scalar> arranged(std::vector<Scalar> elements);
std::string protocol_name(std::uint64_t number);
std::optional<std::uint64_t> protocol_number(std::string_view name);

}  // namespace plimsoll::firewall
