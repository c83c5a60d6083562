#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "plugins/service/bind/addresses.h"
#include "plugins/service/bind/checks.h"
#include "plugins/service/bind/dns_names.h"
#include "scanner/base/text.h"

namespace plimsoll::bind {
namespace {

constexpr std::uint64_t kPorts = 65535;

struct Range {
  std::string_view key;
  std::uint64_t least, most;
};

/// In every block that has them.
constexpr std::array kRanges = {
    Range{"heartbeat-interval", 0, 40320},
    Range{"interface-interval", 0, 40320},
    Range{"max-transfer-idle-in", 0, 40320},
    Range{"max-transfer-idle-out", 0, 40320},
    Range{"max-transfer-time-in", 0, 40320},
    Range{"max-transfer-time-out", 0, 40320},
    Range{"min-cache-ttl", 0, 90},
    Range{"min-ncache-ttl", 0, 90},
    Range{"max-ncache-ttl", 0, 604800},
    Range{"dnskey-sig-validity", 0, 3660},
    Range{"nta-lifetime", 1, 604800},
    Range{"nta-recheck", 0, 604800},
    Range{"lmdb-mapsize", 1U << 20U, 1ULL << 40U},
    Range{"resolver-nonbackoff-tries", 1, UINT32_MAX},
    Range{"max-query-restarts", 1, 255},
    Range{"fstrm-set-buffer-hint", 1024, 65536},
    Range{"fstrm-set-flush-timeout", 1, 600},
    Range{"fstrm-set-input-queue-size", 2, 16384},
    Range{"fstrm-set-output-notify-threshold", 1, UINT32_MAX},
    Range{"fstrm-set-output-queue-size", 2, 1024},
    Range{"fstrm-set-reopen-interval", 1, 600},
};

constexpr std::array kRateRanges = {
    Range{"responses-per-second", 0, 1000},
    Range{"referrals-per-second", 0, 1000},
    Range{"nodata-per-second", 0, 1000},
    Range{"nxdomains-per-second", 0, 1000},
    Range{"errors-per-second", 0, 1000},
    Range{"all-per-second", 0, 1000},
    Range{"slip", 0, 10},
};
/// As signed numbers, unlike those above.
constexpr std::array kRateBounds = {
    Range{"window", 1, 3600},
    Range{"qps-scale", 1, INT32_MAX},
    Range{"ipv4-prefix-length", 8, 32},
    Range{"ipv6-prefix-length", 16, 64},
};

/// named compares some numbers as signed ones.
std::int32_t as_signed(const Node& node) { return static_cast<std::int32_t>(node.number); }

}  // namespace

void Checker::options(const Block& block, Level level) {
  ranges(block, level);
  option_names(block);
  secrets(block);
  check_names(block);
  listeners(block, "listen-on");
  listeners(block, "listen-on-v6");
  const Node* automatic = block.value("auto-dnssec");
  if (automatic != nullptr && level != Level::zone && !iequals(automatic->text, "off"))
    refuse(*automatic, "auto-dnssec outside of a zone");
  if (const Node* ratio = block.value("max-ixfr-ratio"); ratio != nullptr && ratio->text == "0%")
    refuse(*ratio, "max-ixfr-ratio is 0%");
  if (const Node* tap = block.value("dnstap-output");
      tap != nullptr && iequals(tap->parts[0].text, "unix"))
    for (const Node& part : tap->parts[2].parts)
      if (part.is_there()) refuse(part, fmt::format("{} of a socket", part.word));
}

void Checker::ranges(const Block& block, Level level) {
  for (const Range& range : kRanges) {
    const Node* value = block.value(range.key);
    if (value != nullptr && (value->number < range.least || value->number > range.most))
      refuse(*value, fmt::format("{} is out of range", range.key));
  }
  if (const Node* size = block.value("fstrm-set-input-queue-size");
      size != nullptr && (size->number & (size->number - 1)) != 0)
    refuse(*size, "fstrm-set-input-queue-size is no power of two");
  if (const Node* size = block.value("max-rsa-exponent-size");
      size != nullptr && size->number != 0 && (size->number < 35 || size->number > 4096))
    refuse(*size, "max-rsa-exponent-size is out of range");
  if (level == Level::options)
    for (const std::string_view key : {"port", "tls-port", "http-port", "https-port"})
      if (const Node* port = block.value(key); port != nullptr && port->number >= kPorts)
        refuse(*port, fmt::format("{} is out of range", key));
  if (level != Level::zone)
    for (const std::string_view key : {"query-source", "query-source-v6"})
      if (const Node* source = block.value(key); source != nullptr && source->number == dns_port_)
        refuse(*source, fmt::format("{} has the port that is listened on", key));
  const bool has_policy = block.find("dnssec-policy") != nullptr;
  if (const Node* key = block.value("dnskey-sig-validity"); key != nullptr && has_policy)
    refuse(*key, "dnskey-sig-validity beside dnssec-policy");
  const Node* interval = block.value("sig-validity-interval");
  if (interval == nullptr) return;
  constexpr std::uint64_t kTenYears = 3660;
  const std::uint64_t validity = interval->parts[0].number;
  const Node& again = interval->parts[1];
  const std::uint64_t limit = validity > 7 ? validity : validity * 24;
  if (validity == 0 || validity > kTenYears || has_policy ||
      (again.is_there() && (again.number == 0 || again.number > kTenYears || limit < again.number)))
    refuse(*interval, "sig-validity-interval is out of range, or beside dnssec-policy");
}

void Checker::option_names(const Block& block) {
  const auto name = [&](const Node& node, const std::string& text) {
    if (!domain_name(text)) refuse(node, fmt::format("`{}` is no name", text));
  };
  for (const std::string_view key :
       {"empty-server", "empty-contact", "dns64-server", "dns64-contact"})
    if (const Node* node = block.value(key)) name(*node, node->text);
  each(block, "disable-empty-zone", [&](const Setting& one) { name(one.value, one.value.text); });
  if (const Node* exclude = block.value("root-delegation-only"))
    for (const Node& zone : exclude->parts) name(zone, zone.text);
  each(block, "disable-algorithms", [&](const Setting& one) {
    name(one.value.parts[0], one.value.parts[0].text);
    for (const Node& algorithm : one.value.parts[1].parts)
      if (!algorithm_number(algorithm.text))
        refuse(algorithm, fmt::format("no algorithm `{}`", algorithm.text));
  });
  each(block, "disable-ds-digests", [&](const Setting& one) {
    name(one.value.parts[0], one.value.parts[0].text);
    for (const Node& digest : one.value.parts[1].parts)
      if (!is_digest(digest.text)) refuse(digest, fmt::format("no digest `{}`", digest.text));
  });
  std::set<std::string> secure;
  each(block, "dnssec-must-be-secure", [&](const Setting& one) {
    const auto domain = domain_name(one.value.parts[0].text);
    if (!domain || !secure.insert(*domain).second)
      refuse(one, fmt::format("`{}` is no name, or there already", one.value.parts[0].text));
  });
  constexpr std::size_t kLongest = 1024;
  if (const Node* id = block.value("server-id"); id != nullptr && id->text.size() > kLongest)
    refuse(*id, "server-id is too long");
}

void Checker::secrets(const Block& block) {
  constexpr std::size_t kBytes = 16;
  each(block, "cookie-secret", [&](const Setting& one) {
    if (hex_length(one.value.text) != kBytes)
      refuse(one.value, "a cookie-secret has 16 bytes in hexadecimal digits");
  });
}

/// The older name of a kind and the newer one exclude each other, and themselves.
void Checker::check_names(const Block& block) {
  std::set<std::string> seen;
  each(block, "check-names", [&](const Setting& one) {
    if (one.value.kind != Node::Kind::group) return;  // that of a zone
    std::string kind = lower(one.value.parts[0].text);
    if (kind == "response") return;
    if (kind == "master") kind = "primary";
    if (kind == "slave") kind = "secondary";
    if (!seen.insert(kind).second) refuse(one, fmt::format("check-names {} a second time", kind));
  });
}

/// check_forward: `global` are the forwarders around a root zone.
void Checker::forwarding(const Block& block, const Node* global) {
  const Setting* forwarders = block.find("forwarders");
  if (forwarders != nullptr && global != nullptr)
    refuse(*forwarders, "forwarders of the root zone, and of all others");
  if (const Setting* forward = block.find("forward"); forward != nullptr && forwarders == nullptr)
    refuse(*forward, "forward without forwarders");
}

void Checker::dual_stack(const Block& block) {
  const Node* servers = block.value("dual-stack-servers");
  if (servers == nullptr) return;
  const auto port = [&](const Node* node) {
    if (node != nullptr && node->number > kPorts) refuse(*node, "a port is out of range");
  };
  port(servers->parts[0].part("port"));
  for (const Node& one : servers->parts[1].parts) {
    if (one.kind != Node::Kind::group) continue;
    if (!domain_name(one.parts[0].text))
      refuse(one, fmt::format("`{}` is no name", one.parts[0].text));
    port(one.part("port"));
  }
}

void Checker::ordering(const Block& block) {
  const Node* order = block.value("rrset-order");
  if (order == nullptr) return;
  for (const Node& one : order->parts) {
    const Node& type = one.parts[1];
    if ((one.parts[0].is_there() && !class_number(one.parts[0].text)) ||
        (type.is_there() && !is_record_type(type.text)) ||
        (one.parts[2].is_there() && !domain_name(one.parts[2].text)) ||
        !iequals(one.parts[3].text, "order") ||
        !is_one_of(lower(one.parts[4].text), "fixed random cyclic none"))
      refuse(one, "an order of records that there is not");
  }
}

void Checker::dns64(const Block& block) {
  each(block, "dns64", [&](const Setting& one) {
    if (!checked_.insert(&one.value).second) return;
    const auto prefix = prefix_of(name_of(one.value));
    constexpr std::array<unsigned, 6> kLengths = {32, 40, 48, 56, 64, 96};
    if (!prefix || !prefix->address.is_v6 || prefix->address.bytes[8] != 0 ||
        std::find(kLengths.begin(), kLengths.end(), prefix->length) == kLengths.end())
      return refuse(one, "dns64 wants an IPv6 prefix of 32, 40, 48, 56, 64 or 96 bits");
    const Block& map = *block_of(one.value);
    for (const std::string_view key : {"clients", "exclude", "mapped"})
      if (const Node* list = map.value(key)) acl(*list);
    const Node* suffix = map.value("suffix");
    const auto address = suffix == nullptr ? std::nullopt : v6_address(suffix->text);
    if (!address) return;
    const std::size_t zeros = prefix->length / 8 + 4 + (prefix->length <= 64 ? 1 : 0);
    for (std::size_t i = 0; i < zeros && i < address->bytes.size(); ++i)
      if (address->bytes[i] != 0) return refuse(*suffix, "the suffix of dns64 begins with zeros");
  });
}

void Checker::rate_limit(const Block& block) {
  for (const Range& range : kRateRanges)
    if (const Node* value = block.value(range.key);
        value != nullptr && as_signed(*value) > static_cast<std::int32_t>(range.most))
      refuse(*value, fmt::format("{} is out of range", range.key));
  for (const Range& range : kRateBounds)
    if (const Node* value = block.value(range.key);
        value != nullptr && (as_signed(*value) < static_cast<std::int32_t>(range.least) ||
                             as_signed(*value) > static_cast<std::int32_t>(range.most)))
      refuse(*value, fmt::format("{} is out of range", range.key));
  std::int32_t least = 500;
  if (const Node* value = block.value("min-table-size"))
    least = std::max(as_signed(*value), std::int32_t{1});
  if (const Node* value = block.value("max-table-size");
      value != nullptr && as_signed(*value) < least)
    refuse(*value, "max-table-size is less than min-table-size");
  if (const Node* clients = block.value("exempt-clients")) acl(*clients);
}

void Checker::nonzero(const Block& block) {
  for (const std::string_view key :
       {"max-retry-time", "min-retry-time", "max-refresh-time", "min-refresh-time"})
    if (const Node* value = block.value(key); value != nullptr && value->number == 0)
      refuse(*value, fmt::format("{} is 0", key));
}

/// Zones of policies and catalogs are primary or secondary ones of the same view.
void Checker::response_zones(const Block& block, const View& view) {
  constexpr std::size_t kMost = 64;
  for (const std::string_view key : {"response-policy", "catalog-zones"}) {
    const Node* value = block.value(key);
    if (value == nullptr) continue;
    const Node& list = value->kind == Node::Kind::group ? value->parts[0] : *value;
    std::set<std::string> seen;
    std::size_t count = 0;
    for (const Node& entry : list.parts) {
      const Node* zone = entry.part("zone");
      const auto name = zone == nullptr ? std::nullopt : domain_name(zone->text);
      if (!name) return refuse(entry, "no name of a zone");
      if (key == "response-policy" && ++count > kMost)
        return refuse(entry, fmt::format("more than {} zones", kMost));
      const bool is_new = seen.insert(*name).second;
      if (key == "catalog-zones" && !is_new) refuse(entry, fmt::format("`{}` again", *name));
      if (entry.part("default-masters") != nullptr && entry.part("default-primaries") != nullptr)
        refuse(entry, "default-masters and default-primaries");
      const auto found = view.zones.find({*name, 3});
      const Node* type =
          found == view.zones.end() ? nullptr : block_of(found->second->value)->value("type");
      if (type == nullptr || !is_one_of(lower(type->text), "primary master secondary slave"))
        refuse(entry, fmt::format("`{}` is no primary or secondary zone", *name));
    }
  }
}

}  // namespace plimsoll::bind
