#include <fmt/format.h>

#include "plugins/service/bind/checks.h"
#include "plugins/service/bind/dns_names.h"
#include "scanner/base/text.h"

namespace plimsoll::bind {
namespace {

constexpr std::size_t kDeepest = 500;  // names of lists that lead to each other

bool is_builtin(std::string_view name) {
  return is_one_of(lower(name), "any none localhost localnets");
}

/// The list itself, without what stands before it.
const Node& entries_of(const Node& value) {
  const Node* out = &value;
  while (out->kind == Node::Kind::group && !out->parts.empty()) out = &out->parts.back();
  return *out;
}

/// parse_geoip_element of aclconf.c: what GeoIP2's databases cannot answer.
std::string geoip_complaint(const Node& entry) {
  const std::string database = lower(entry.parts[0].text);
  const std::string type = lower(entry.parts[1].text);
  const std::string& wanted = entry.parts[2].text;
  if (!database.empty() && !is_one_of(database, "country city asnum isp domain"))
    return fmt::format("no database `{}`", database);
  if (wanted.empty()) return "geoip without what to look for";
  if (type == "country" && wanted.size() == 3) return "a country of three letters";
  if (is_one_of(type, "postal postalcode") && wanted.size() >= 7) return "a postal code too long";
  if (!is_one_of(type,
                 "country continent region city postal postalcode metro metrocode tz "
                 "timezone isp asnum org domain"))
    return fmt::format("geoip has no `{}`", type);
  return {};
}

}  // namespace

/// cfg_acl_fromconfig: names are looked up, and lead to no circle.
void Checker::acl(const Node& list) {
  const Node& entries = entries_of(list);
  if (!checked_.insert(&entries).second) return;
  for (const Node& one : entries.parts) acl_entry(one);
}

void Checker::acl_entry(const Node& entry) {
  const bool is_negated = entry.kind == Node::Kind::negated;
  const Node* inner = is_negated ? &entry.parts[0] : &entry;
  if (inner->kind == Node::Kind::negated) return refuse(*inner, "`!` twice in a row");
  if (inner->kind == Node::Kind::list) return acl(*inner);
  if (inner->kind == Node::Kind::group) {
    if (auto why = geoip_complaint(*inner); !why.empty()) refuse(*inner, std::move(why));
    return;
  }
  if (inner->kind != Node::Kind::text) return;
  if (inner->word == "key") {
    if (!domain_name(inner->text))
      refuse(*inner, fmt::format("`{}` is no name of a key", inner->text));
    return;
  }
  if (is_builtin(inner->text)) return;
  const auto named = acls_.find(inner->text);
  if (named == acls_.end()) return refuse(*inner, fmt::format("no acl `{}`", inner->text));
  const std::string name = lower(inner->text);
  if (resolving_.size() > kDeepest) {
    too_deep(*inner);
    return;
  }
  if (!resolving_.insert(name).second)
    return refuse(*inner, fmt::format("acl `{}` leads to itself", inner->text));
  acl(named->second->value);
  resolving_.erase(name);
}

void Checker::acl_of(const Block* zone, const Block* view, std::string_view key) {
  const Node* list = effective(zone, view, key);
  if (list == nullptr) return;
  acl(*list);
  if (key != "allow-transfer") return;
  if (const Node* port = list->part("port"); port != nullptr && port->number >= 65535)
    refuse(*port, "a port is out of range");
  if (const Node* transport = list->part("transport");
      transport != nullptr && !is_one_of(lower(transport->text), "tcp tls"))
    refuse(*transport, fmt::format("zones are not transferred by `{}`", transport->text));
}

const ByName& Checker::remote_names(std::string_view kind) const {
  return kind == "primaries" ? primaries_ : agents_;
}

/// validate_remotes: how many addresses a list of servers comes to.
std::size_t Checker::remotes(std::string_view kind, const Node& list) {
  const auto [known, is_new] = counted_.emplace(&list, 0);
  if (!is_new) return known->second;
  std::size_t count = 0;
  for (const Node& one : entries_of(list).parts) {
    const Node& server = one.parts[0];
    if (server.kind == Node::Kind::address) {
      ++count;
      remote(one);
      continue;
    }
    if (one.parts[1].is_there() || one.parts[2].is_there())
      refuse(one, "a list of servers has no key or tls");
    const auto named = remote_names(kind).find(server.text);
    if (named == remote_names(kind).end()) {
      refuse(server, fmt::format("no list of {} `{}`", kind, server.text));
      continue;
    }
    if (depth_ >= kDeepest) {
      too_deep(server);
      return count;
    }
    ++depth_;
    count += remotes(kind, named->second->value);
    --depth_;
  }
  counted_[&list] = count;
  return count;
}

void Checker::remote(const Node& entry) {
  const Node& key = entry.parts[1];
  const Node& tls = entry.parts[2];
  if (key.is_there() && !domain_name(key.text))
    refuse(key, fmt::format("`{}` is no name of a key", key.text));
  if (tls.is_there() &&
      (!domain_name(tls.text) || (!iequals(tls.text, "ephemeral") && tls_.count(tls.text) == 0)))
    refuse(tls, fmt::format("no tls `{}`", tls.text));
}

void Checker::too_deep(const Node& where) {
  configuration_.gaps.push_back({ErrorCode::limit,
                                 fmt::format("more than {} lists within lists", kDeepest),
                                 configuration_.origin(where.place)});
}

void Checker::listeners(const Block& block, std::string_view key) {
  for (const Setting* one = block.find(key); one != nullptr; one = block.next(*one)) {
    const Node* tls = one->value.part("tls");
    const Node* http = one->value.part("http");
    const Node* port = one->value.part("port");
    const bool is_plain = tls != nullptr && iequals(tls->text, "none");
    if (tls != nullptr && !is_plain && !iequals(tls->text, "ephemeral") &&
        tls_.count(tls->text) == 0)
      refuse(*tls, fmt::format("no tls `{}`", tls->text));
    if (http != nullptr && tls == nullptr) refuse(*http, "http without tls");
    if (http != nullptr && !iequals(http->text, "default") && http_.count(http->text) == 0)
      refuse(*http, fmt::format("no http `{}`", http->text));
    if (port != nullptr && port->number >= 65535) refuse(*port, "a port is out of range");
    acl(one->value);
  }
}

/// dns_acl_isnone: nothing but `any` and `none`, of which the first decides; not the empty list,
/// and not a name.
bool Checker::admits_nobody(const Node& list) const {
  const Node& entries = entries_of(list);
  bool is_first = true;
  for (const Node& entry : entries.parts) {
    const bool is_negated = entry.kind == Node::Kind::negated;
    const Node& inner = is_negated ? entry.parts[0] : entry;
    if (inner.kind != Node::Kind::text || !inner.word.empty()) return false;
    const bool is_any = iequals(inner.text, "any");
    if (!is_any && !iequals(inner.text, "none")) return false;
    if (is_first && is_any != is_negated) return false;
    is_first = false;
  }
  return !is_first;
}

}  // namespace plimsoll::bind
