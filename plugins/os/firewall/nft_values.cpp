#include "plugins/os/firewall/nft_values.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "scanner/base/text.h"

namespace plimsoll::firewall {
namespace {

struct Name {
  std::string_view text;
  std::uint64_t number;
};

// nft_fields: the names that nft itself knows.
constexpr std::array kStates = {Name{"invalid", 1}, Name{"established", 2}, Name{"related", 4},
                                Name{"new", 8}, Name{"untracked", 64}};
constexpr std::array kIcmp = {Name{"echo-reply", 0},           Name{"destination-unreachable", 3},
                              Name{"source-quench", 4},        Name{"redirect", 5},
                              Name{"echo-request", 8},         Name{"router-advertisement", 9},
                              Name{"router-solicitation", 10}, Name{"time-exceeded", 11},
                              Name{"parameter-problem", 12},   Name{"timestamp-request", 13},
                              Name{"timestamp-reply", 14},     Name{"info-request", 15},
                              Name{"info-reply", 16},          Name{"address-mask-request", 17},
                              Name{"address-mask-reply", 18}};
constexpr std::array kIcmpv6 = {
    Name{"destination-unreachable", 1}, Name{"packet-too-big", 2},
    Name{"time-exceeded", 3},           Name{"parameter-problem", 4},
    Name{"echo-request", 128},          Name{"echo-reply", 129},
    Name{"mld-listener-query", 130},    Name{"mld-listener-report", 131},
    Name{"mld-listener-done", 132},     Name{"mld-listener-reduction", 132},
    Name{"nd-router-solicit", 133},     Name{"nd-router-advert", 134},
    Name{"nd-neighbor-solicit", 135},   Name{"nd-neighbor-advert", 136},
    Name{"nd-redirect", 137},           Name{"router-renumbering", 138},
    Name{"ind-neighbor-solicit", 141},  Name{"ind-neighbor-advert", 142},
    Name{"mld2-listener-report", 143}};
constexpr std::array kProtocols = {Name{"icmp", 1},    Name{"igmp", 2},   Name{"tcp", 6},
                                   Name{"udp", 17},    Name{"dccp", 33},  Name{"gre", 47},
                                   Name{"esp", 50},    Name{"ah", 51},    Name{"ipv6-icmp", 58},
                                   Name{"icmpv6", 58}, Name{"ospf", 89},  Name{"comp", 108},
                                   Name{"vrrp", 112},  Name{"sctp", 132}, Name{"udplite", 136}};
// Where a root has no /etc/services.
constexpr std::array kPorts = {
    Name{"ftp", 21},    Name{"ssh", 22},    Name{"telnet", 23},  Name{"smtp", 25},
    Name{"domain", 53}, Name{"http", 80},   Name{"ntp", 123},    Name{"imap2", 143},
    Name{"snmp", 161},  Name{"https", 443}, Name{"syslog", 514}, Name{"submission", 587},
    Name{"imaps", 993}, Name{"pop3s", 995}, Name{"bootps", 67},  Name{"bootpc", 68}};

template <class List>
std::optional<std::uint64_t> number_of(const List& list, std::string_view text) {
  for (const Name& name : list)
    if (name.text == text) return name.number;
  return {};
}

template <class List>
std::string name_of(const List& list, std::uint64_t number) {
  for (const Name& name : list)
    if (name.number == number) return std::string(name.text);
  return fmt::format("{}", number);
}

/// strtoull(3) with base 0, as nft's scanner reads numbers.
std::optional<std::uint64_t> unsigned_number(std::string_view text) {
  int base = 10;
  if (istarts_with(text, "0x")) {
    base = 16;
    text.remove_prefix(2);
  } else if (text.size() > 1 && text[0] == '0') {
    base = 8;
    const std::size_t end = text.find_first_not_of("01234567");
    text = text.substr(0, end);  // what is not octal ends the number
  }
  const auto value = to_integer(text, base);
  if (!value || *value < 0) return {};
  return static_cast<std::uint64_t>(*value);
}

std::uint64_t limit_of(ValueKind kind) {
  switch (kind) {
    case ValueKind::port:
      return 0xffff;
    case ValueKind::protocol:
    case ValueKind::icmp_type:
    case ValueKind::icmpv6_type:
    case ValueKind::state:
      return 0xff;
    default:
      return 0xffffffff;
  }
}

std::optional<std::uint64_t> named(ValueKind kind, std::string_view text, Services& services) {
  switch (kind) {
    case ValueKind::port:
      return services.port(text);
    case ValueKind::protocol:
      return number_of(kProtocols, text);
    case ValueKind::icmp_type:
      return number_of(kIcmp, text);
    case ValueKind::icmpv6_type:
      return number_of(kIcmpv6, text);
    case ValueKind::state:
      return number_of(kStates, text);
    default:
      return {};
  }
}

std::string shown(ValueKind kind, Wide value) {
  switch (kind) {
    case ValueKind::protocol:
      return name_of(kProtocols, value.low);
    case ValueKind::icmp_type:
      return name_of(kIcmp, value.low);
    case ValueKind::icmpv6_type:
      return name_of(kIcmpv6, value.low);
    case ValueKind::state:
      return name_of(kStates, value.low);
    case ValueKind::mark:
      return fmt::format("0x{:08x}", value.low);
    case ValueKind::address4:
    case ValueKind::address6: {
      const bool is_six = kind == ValueKind::address6;
      std::array<unsigned char, 16> bytes{};
      for (std::size_t i = 0; i < 8; ++i) {
        bytes[i] = static_cast<unsigned char>(value.high >> (56 - 8 * i));
        bytes[8 + i] = static_cast<unsigned char>(value.low >> (56 - 8 * i));
      }
      std::array<char, INET6_ADDRSTRLEN> text{};
      inet_ntop(is_six ? AF_INET6 : AF_INET, bytes.data() + (is_six ? 0 : 12), text.data(),
                text.size());
      return text.data();
    }
    default:
      return fmt::format("{}", value.low);
  }
}

Scalar from_number(ValueKind kind, Wide value) {
  Scalar made;
  made.kind = kind;
  made.text = made.plain = shown(kind, value);
  made.numeric = true;
  made.first = made.last = value;
  return made;
}

Scalar text_value(ValueKind kind, const Token& token) {
  Scalar made;
  made.kind = kind;
  made.plain = std::string(token.text);
  const bool quoted = kind == ValueKind::interface || token.kind == Token::Kind::quoted;
  made.text = quoted ? fmt::format("\"{}\"", made.plain) : made.plain;
  return made;
}

bool is_address(ValueKind kind) {
  return kind == ValueKind::address4 || kind == ValueKind::address6;
}

/// The bits of a span's ends that differ are all of the last ones: how many lead; else nothing.
std::optional<unsigned> prefix_length(const Scalar& span) {
  const unsigned width = span.kind == ValueKind::address4 ? 32 : 128;
  const Wide differ{span.first.high ^ span.last.high, span.first.low ^ span.last.low};
  for (unsigned host = 0; host <= width; ++host) {
    Wide mask;
    mask.low = host >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << host) - 1;
    if (host > 64)
      mask.high = host == 128 ? ~std::uint64_t{0} : (std::uint64_t{1} << (host - 64)) - 1;
    if (mask == differ)
      return (span.first.high & mask.high) == 0 && (span.first.low & mask.low) == 0
                 ? std::optional<unsigned>(width - host)
                 : std::nullopt;
  }
  return {};
}

/// A span in the shortest spelling.
void spell(Scalar& span) {
  if (span.first == span.last) {
    span.text = span.plain = shown(span.kind, span.first);
    return;
  }
  const auto length = is_address(span.kind) ? prefix_length(span) : std::nullopt;
  span.text = span.plain =
      length ? fmt::format("{}/{}", shown(span.kind, span.first), *length)
             : fmt::format("{}-{}", shown(span.kind, span.first), shown(span.kind, span.last));
}

Wide after(Wide value) {
  if (++value.low == 0) ++value.high;
  return value;
}

std::vector<Scalar> joined(std::vector<Scalar> elements) {
  std::vector<Scalar> result;
  for (Scalar& element : elements) {
    if (!result.empty() &&
        (element.first <= result.back().last || element.first == after(result.back().last))) {
      result.back().last = std::max(result.back().last, element.last);
      continue;
    }
    result.push_back(std::move(element));
  }
  for (Scalar& span : result) spell(span);
  return result;
}

/// nft compares names as numbers in the byte order of the host: the last byte decides.
bool interface_less(const Scalar& a, const Scalar& b) {
  if (a.plain.size() != b.plain.size()) return a.plain.size() < b.plain.size();
  return std::lexicographical_compare(a.plain.rbegin(), a.plain.rend(), b.plain.rbegin(),
                                      b.plain.rend());
}

std::vector<Scalar> arranged_interfaces(std::vector<Scalar> elements) {
  const auto is_wild = [](const Scalar& each) { return each.plain.ends_with('*'); };
  if (std::none_of(elements.begin(), elements.end(), is_wild)) {
    std::sort(elements.begin(), elements.end(), interface_less);
  } else {
    std::sort(elements.begin(), elements.end(),
              [](const Scalar& a, const Scalar& b) { return a.plain < b.plain; });
    std::string wild;  // `eth*` holds `eth0`
    bool some = false;
    std::erase_if(elements, [&](const Scalar& each) {
      if (some && each.plain.starts_with(wild) && each.plain != wild + "*") return true;
      if (is_wild(each)) {
        wild = each.plain.substr(0, each.plain.size() - 1);
        some = true;
      }
      return false;
    });
  }
  return elements;
}

}  // namespace

ValueKind kind_of(std::string_view selector) {
  constexpr std::array<std::pair<std::string_view, ValueKind>, 22> kKinds = {{
      {"ip saddr", ValueKind::address4},      {"ip daddr", ValueKind::address4},
      {"ip6 saddr", ValueKind::address6},     {"ip6 daddr", ValueKind::address6},
      {"iif", ValueKind::interface},          {"oif", ValueKind::interface},
      {"iifname", ValueKind::interface},      {"oifname", ValueKind::interface},
      {"meta ibrname", ValueKind::interface}, {"meta obrname", ValueKind::interface},
      {"ip protocol", ValueKind::protocol},   {"ip6 nexthdr", ValueKind::protocol},
      {"meta l4proto", ValueKind::protocol},  {"ct state", ValueKind::state},
      {"icmp type", ValueKind::icmp_type},    {"icmpv6 type", ValueKind::icmpv6_type},
      {"meta mark", ValueKind::mark},         {"ct mark", ValueKind::mark},
      {"ip ttl", ValueKind::number},          {"ip6 hoplimit", ValueKind::number},
      {"meta length", ValueKind::number},     {"meta cpu", ValueKind::number},
  }};
  for (const auto& [name, kind] : kKinds)
    if (name == selector) return kind;
  constexpr std::array<std::string_view, 6> kPortHeaders = {"tcp",  "udp",  "udplite",
                                                            "sctp", "dccp", "th"};
  const std::size_t blank = selector.find(' ');
  const std::string_view field = blank == std::string_view::npos ? "" : selector.substr(blank + 1);
  const bool is_port = field == "dport" || field == "sport";
  return is_port && std::find(kPortHeaders.begin(), kPortHeaders.end(),
                              selector.substr(0, blank)) != kPortHeaders.end()
             ? ValueKind::port
             : ValueKind::text;
}

std::optional<std::uint64_t> Services::port(std::string_view name) {
  if (!ports_) {
    ports_.emplace();
    for (const Name& known : kPorts) ports_->emplace(known.text, known.number);
    const auto text = root_.read("/etc/services");
    for (const Line& line : lines(text ? *text : std::string_view())) {
      const auto fields = words(line.text.substr(0, line.text.find('#')));
      if (fields.size() < 2) continue;
      const auto number = to_integer(fields[1].substr(0, fields[1].find('/')));
      if (!number || *number < 0) continue;
      for (std::size_t i = 0; i < fields.size(); ++i)
        if (i != 1)
          ports_->try_emplace(std::string(fields[i]), static_cast<std::uint64_t>(*number));
    }
  }
  const auto found = ports_->find(name);
  return found == ports_->end() ? std::nullopt : std::optional(found->second);
}

std::optional<Scalar> scalar(ValueKind kind, const Token& token, Services& services) {
  if (token.kind == Token::Kind::wildcard && kind != ValueKind::interface) return {};
  switch (kind) {
    case ValueKind::text:
    case ValueKind::interface:
      return text_value(kind, token);
    case ValueKind::address4:
    case ValueKind::address6:
      return address_value(kind, token.text);
    default:
      break;
  }
  if (token.kind == Token::Kind::number) {
    const auto value = unsigned_number(token.text);
    if (!value || *value > limit_of(kind)) return {};
    return from_number(kind, {0, *value});
  }
  const auto value = named(kind, token.text, services);
  if (!value) return {};
  return from_number(kind, {0, *value});
}

std::optional<Scalar> address_value(ValueKind kind, std::string_view text) {
  std::array<unsigned char, 16> bytes{};
  const bool is_six = kind == ValueKind::address6;
  const int family = is_six ? AF_INET6 : AF_INET;
  if (inet_pton(family, std::string(text).c_str(), bytes.data() + (is_six ? 0 : 12)) != 1)
    return {};
  Wide value;
  for (std::size_t i = 0; i < 8; ++i) {
    value.high = value.high << 8 | bytes[i];
    value.low = value.low << 8 | bytes[8 + i];
  }
  return from_number(kind, value);
}

std::optional<Scalar> with_prefix(const Scalar& address, std::string_view length) {
  const auto bits = to_integer(length);
  const std::int64_t width = address.kind == ValueKind::address4 ? 32 : 128;
  if (!is_address(address.kind) || !bits || *bits < 0 || *bits > width) return {};
  const auto host = static_cast<unsigned>(width - *bits);
  Wide mask;
  mask.low = host >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << host) - 1;
  if (host > 64)
    mask.high = host == 128 ? ~std::uint64_t{0} : (std::uint64_t{1} << (host - 64)) - 1;
  Scalar made = address;
  made.first = {address.first.high & ~mask.high, address.first.low & ~mask.low};
  made.last = {made.first.high | mask.high, made.first.low | mask.low};
  made.span = host > 0;
  spell(made);
  return made;
}

std::optional<Scalar> between(const Scalar& first, const Scalar& last) {
  Scalar made = first;
  made.span = true;
  made.plain = fmt::format("{}-{}", first.plain, last.plain);
  made.text = fmt::format("{}-{}", first.text, last.text);
  if (first.numeric != last.numeric || first.kind != last.kind) return {};
  if (!first.numeric) return made;
  if (last.first < first.first) return {};
  made.last = last.first;
  return made;
}

std::vector<Scalar> arranged(std::vector<Scalar> elements) {
  if (elements.empty()) return elements;
  if (elements.front().kind == ValueKind::interface) {
    elements = arranged_interfaces(std::move(elements));
  } else if (std::all_of(elements.begin(), elements.end(),
                         [](const Scalar& e) { return e.numeric; })) {
    std::stable_sort(elements.begin(), elements.end(), [](const Scalar& a, const Scalar& b) {
      return std::pair(a.first, a.last) < std::pair(b.first, b.last);
    });
    if (std::any_of(elements.begin(), elements.end(), [](const Scalar& e) { return e.span; }))
      return joined(std::move(elements));
  }
  elements.erase(std::unique(elements.begin(), elements.end(),
                             [](const Scalar& a, const Scalar& b) { return a.plain == b.plain; }),
                 elements.end());
  return elements;
}

std::string protocol_name(std::uint64_t number) { return name_of(kProtocols, number); }

std::optional<std::uint64_t> protocol_number(std::string_view name) {
  return number_of(kProtocols, name);
}

}  // namespace plimsoll::firewall
