#include <fmt/format.h>

#include <algorithm>

#include "plugins/service/bind/checks.h"
#include "plugins/service/bind/dns_names.h"
#include "plugins/service/bind/grammar.h"
#include "scanner/base/text.h"

namespace plimsoll::bind {
namespace {

unsigned kind_of(std::string_view type) {
  struct Named {
    std::string_view name;
    Zone kind;
  };
  constexpr Named kKinds[] = {
      {"primary", kPrimary},
      {"master", kPrimary},
      {"secondary", kSecondary},
      {"slave", kSecondary},
      {"mirror", kMirror},
      {"stub", kStub},
      {"static-stub", kStaticStub},
      {"forward", kForward},
      {"hint", kHint},
      {"delegation-only", kDelegation},
      {"redirect", kRedirect},
  };
  for (const Named& one : kKinds)
    if (iequals(one.name, type)) return one.kind;
  return 0;
}

bool is_yes(const Node* node) { return node != nullptr && node->number == 1; }

}  // namespace

void Checker::zone(View& view, const Setting& setting) {
  const Block& block = *block_of(setting.value);
  ZoneContext zone{view, setting, block, 0, std::string(name_of(setting.value)), "", false, false};
  const Node* in_view = block.value("in-view");
  const Node* type = block.value("type");
  if (in_view == nullptr && type == nullptr)
    return refuse(setting, fmt::format("zone `{}` has no type", zone.name));
  zone.kind = in_view != nullptr ? static_cast<unsigned>(kInView) : kind_of(type->text);
  if (zone.kind == kRedirect && zone.name != ".")
    return refuse(setting, "a zone of type redirect is the root");
  const Node& class_name = setting.value.parts[1];
  if (class_name.is_there()) {
    const auto number = class_number(class_name.text);
    if (!number || *number != view.class_number)
      return refuse(class_name, fmt::format("class `{}` is not that of the view", class_name.text));
  }
  zone_name(view, zone);
  if (zone.kind == kInView) return;
  nonzero(block);
  zone_policy(zone);
  for (const Setting& one : block.settings)
    if (one.clause != nullptr && (one.clause->zones & zone.kind) == 0)
      refuse(one, fmt::format("{} in a zone of type {}", one.key, type->text));
  for (const std::string_view key :
       {"allow-notify", "allow-transfer", "allow-update", "allow-update-forwarding"})
    acl_of(&block, view.block, key);
  zone_servers(zone);
  zone_updates(zone);
  zone_signing(zone);
  const bool is_root = zone.domain == ".";
  const Node* global = nullptr;
  if (is_root && view.block != nullptr) global = view.block->value("forwarders");
  if (is_root && global == nullptr && options_ != nullptr) global = options_->value("forwarders");
  forwarding(block, global);
  options(block, Level::zone);
  zone_files(zone);
}

/// A name stands there once; hints and redirections for themselves.
void Checker::zone_name(View& view, ZoneContext& zone) {
  const auto domain = domain_name(zone.name);
  if (!domain) return refuse(zone.setting, fmt::format("`{}` is no name of a zone", zone.name));
  zone.domain = *domain;
  const int group = zone.kind == kHint ? 1 : zone.kind == kRedirect ? 2 : 3;
  if (!view.zones.emplace(std::pair(*domain, group), &zone.setting).second)
    refuse(zone.setting, fmt::format("a second zone `{}`", zone.name));
  const auto place = [&](std::string_view name) {
    return fmt::format("{}/{}/{}", *domain, view.class_number, name);
  };
  if (zone.kind != kInView) {
    const bool is_served = (zone.kind & (kForward | kRedirect | kDelegation)) == 0;
    if (is_served) in_view_.insert(place(view.block == nullptr ? "_default" : view.name));
    return;
  }
  const Node* target = zone.block.value("in-view");
  if (in_view_.count(place(target->text)) == 0)
    refuse(*target, fmt::format("view `{}` has no zone `{}` yet", target->text, zone.name));
  const std::size_t allowed = 1 + (zone.block.find("forward") != nullptr ? 1 : 0) +
                              (zone.block.find("forwarders") != nullptr ? 1 : 0);
  if (zone.block.names() > allowed) refuse(zone.setting, "in-view beside other statements");
}

void Checker::zone_policy(ZoneContext& zone) {
  const Node* policy = effective(&zone.block, zone.view.block, "dnssec-policy");
  if (policy == nullptr || policy->text == "none") return;
  zone.has_policy = true;
  if (!is_one_of(policy->text, "default insecure") && policies_.count(policy->text) == 0)
    refuse(*policy, fmt::format("no dnssec-policy `{}`", policy->text));
}

void Checker::zone_servers(const ZoneContext& zone) {
  const Block& block = zone.block;
  const Node* notify = block.value("notify");
  if (zone.kind == kMirror && notify != nullptr &&
      (notify->kind == Node::Kind::boolean ? notify->number == 1
                                           : !iequals(notify->text, "explicit")))
    refuse(*notify, "a mirror announces nothing");
  if ((zone.kind & (kPrimary | kSecondary | kMirror)) != 0) {
    const Node* announces = effective(&block, zone.view.block, "notify");
    bool does = true;
    if (announces != nullptr && announces->kind == Node::Kind::boolean)
      does = announces->number == 1;
    else if (announces != nullptr && zone.kind != kPrimary)
      does = !is_one_of(lower(announces->text), "master-only primary-only");
    const Node* also = effective(&block, zone.view.block, "also-notify");
    if (also != nullptr && does) remotes("primaries", *also);
  }
  const bool wants_primaries =
      (zone.kind & (kSecondary | kStub)) != 0 || (zone.kind == kMirror && zone.domain != ".");
  if (wants_primaries) {
    const Node* primaries = block.value("primaries");
    const Node* masters = block.value("masters");
    if (primaries != nullptr && masters != nullptr) refuse(*masters, "primaries and masters");
    const Node* from = primaries != nullptr ? primaries : masters;
    if (from == nullptr)
      refuse(zone.setting, fmt::format("zone `{}` has no primaries", zone.name));
    else if (remotes("primaries", *from) == 0)
      refuse(*from, fmt::format("zone `{}` has no primaries", zone.name));
  }
  for (const std::string_view key : {"transfer-source", "transfer-source-v6", "notify-source",
                                     "notify-source-v6", "parental-source", "parental-source-v6"}) {
    const Node* source = effective(&block, nullptr, key);
    if (source != nullptr && source->number == dns_port_)
      refuse(*source, fmt::format("{} has the port that is listened on", key));
  }
  if (const Node* agents = block.value("parental-agents");
      agents != nullptr && (zone.kind & (kPrimary | kSecondary)) != 0 &&
      remotes("parental-agents", *agents) == 0)
    refuse(*agents, "parental-agents are none");
  if (zone.kind == kMirror) {
    const Node* recursion = effective(nullptr, zone.view.block, "recursion");
    const Node* allowed = effective(nullptr, zone.view.block, "allow-recursion");
    if (allowed != nullptr) acl(*allowed);
    if (zone.view.class_number != 1 || (recursion != nullptr && !is_yes(recursion)) ||
        (allowed != nullptr && admits_nobody(*allowed)))
      refuse(zone.setting, "a mirror without recursion");
  }
  if (zone.kind != kStaticStub) return;
  if (const Node* addresses = block.value("server-addresses"))
    for (const Node& one : addresses->parts)
      if (one.text.find('%') != std::string::npos) refuse(one, "an address with a scope");
  if (const Node* names = block.value("server-names"))
    for (const Node& one : names->parts) {
      const auto name = domain_name(one.text);
      if (!name || is_below(*name, zone.domain))
        refuse(one, fmt::format("`{}` is no name, or one of the zone", one.text));
    }
}

void Checker::zone_updates(ZoneContext& zone) {
  if ((zone.kind & (kPrimary | kSecondary)) == 0) return;
  const Node* policy = zone.block.value("update-policy");
  const Node* own = zone.block.value("allow-update");
  if (policy != nullptr && own != nullptr) refuse(*policy, "allow-update and update-policy");
  if (policy != nullptr && own == nullptr) update_policy(*policy);
  const Node* list = effective(&zone.block, zone.view.block, "allow-update");
  if (policy == nullptr && list != nullptr) acl(*list);
  zone.has_updates = policy != nullptr || (list != nullptr && !admits_nobody(*list));
}

/// What goes with dnssec-policy, and what without it.
void Checker::zone_signing(const ZoneContext& zone) {
  const Block& block = zone.block;
  if ((zone.kind & (kPrimary | kSecondary | kStub)) != 0)
    if (const Node* dialup = block.value("dialup");
        dialup != nullptr && dialup->kind == Node::Kind::text) {
      const std::string kind = lower(dialup->text);
      const bool is_allowed = kind == "notify"           ? zone.kind != kStub
                              : kind == "notify-passive" ? zone.kind == kSecondary
                                                         : zone.kind != kPrimary;
      if (!is_allowed) refuse(*dialup, fmt::format("dialup {} of this type of zone", kind));
    }
  if ((zone.kind & (kPrimary | kSecondary)) == 0) return;
  const bool is_inline = is_yes(block.value("inline-signing"));
  if (zone.has_policy && !zone.has_updates && !is_inline)
    refuse(zone.setting, "dnssec-policy without inline-signing or updates");
  if (const Node* automatic = block.value("auto-dnssec");
      automatic != nullptr && !iequals(automatic->text, "off") &&
      (zone.has_policy || (!zone.has_updates && !is_inline)))
    refuse(*automatic, "auto-dnssec beside dnssec-policy, or without inline-signing or updates");
  if (const Node* type = block.value("sig-signing-type");
      type != nullptr && (type->number < 0xff00U || type->number > 0xffffU))
    refuse(*type, "sig-signing-type is out of range");
  struct Rule {
    std::string_view key;
    bool wants_inline;  ///< of secondary zones
    bool no_policy;
  };
  constexpr Rule kRules[] = {
      {"dnssec-dnskey-kskonly", true, true},     {"dnssec-secure-to-insecure", false, true},
      {"dnssec-loadkeys-interval", true, false}, {"update-check-ksk", true, true},
      {"dnssec-update-mode", false, true},
  };
  for (const Rule& rule : kRules) {
    const Setting* one = block.find(rule.key);
    if (one == nullptr) continue;
    if ((rule.wants_inline && zone.kind == kSecondary && !is_inline) ||
        (rule.no_policy && zone.has_policy))
      refuse(*one, fmt::format("{} beside dnssec-policy, or without inline-signing", rule.key));
  }
}

/// A file is that of one zone where it is written to.
void Checker::zone_files(const ZoneContext& zone) {
  const Block& block = zone.block;
  const bool has_dlz = block.find("dlz") != nullptr;
  const Node* database = block.value("database");
  if (has_dlz && database != nullptr) return refuse(zone.setting, "dlz and database");
  if (has_dlz || (database != nullptr && !is_one_of(database->text, "rbt rbt64"))) return;
  const Node* file = block.value("file");
  if (file == nullptr) {
    if ((zone.kind & (kPrimary | kHint)) != 0 ||
        (zone.kind == kSecondary && is_yes(block.value("inline-signing"))))
      refuse(zone.setting, fmt::format("zone `{}` has no file", zone.name));
    return;
  }
  const bool is_written =
      (zone.kind & (kSecondary | kMirror)) != 0 || zone.has_updates || zone.has_policy;
  if (!is_written && (zone.kind & (kPrimary | kHint)) == 0) return;
  const auto [other, is_new] = files_.emplace(file->text, is_written);
  if (!is_new && (is_written || other->second))
    refuse(*file, fmt::format("the file `{}` is that of another zone", file->text));
}

void Checker::update_policy(const Node& policy) {
  for (const Node& one : policy.parts) grant(one);
}

void Checker::grant(const Node& grant) {
  const auto identity = domain_name(grant.parts[1].text);
  if (!identity) return refuse(grant, fmt::format("`{}` is no name", grant.parts[1].text));
  const std::string how = lower(grant.parts[2].text);
  const bool is_zone = how == "zonesub";
  const std::string& text = is_zone ? "." : grant.parts[3].text;
  const auto name = domain_name(text);
  if (!name) return refuse(grant, fmt::format("`{}` is no name", text));
  if (how == "wildcard" && !name->starts_with("*.") && *name != "*")
    refuse(grant, fmt::format("`{}` is no wildcard", text));
  if (is_one_of(how, "self selfsub selfwild")) {
    if (*name != "." && *name != *identity) refuse(grant, "self has the name of the identity");
  } else if (is_one_of(how, "krb5-self krb5-selfsub ms-self ms-selfsub tcp-self 6to4-self")) {
    if (*name != ".") refuse(grant, fmt::format("the name of {} is `.`", how));
  } else if (is_record_type(text)) {
    refuse(grant, fmt::format("a name is missing before the type `{}`", text));
  }
  for (const Node& type : grant.parts[4].parts) {
    // `TXT(3)`: so many of them.
    const std::string& whole = type.text;
    const std::size_t bracket = std::min(whole.find('('), whole.size());
    const bool has_count = bracket < whole.size();
    const std::string count = has_count ? whole.substr(bracket + 1) : "";
    const bool is_count =
        count.empty() || count == ")" ||
        (count.ends_with(')') && to_integer(count.substr(0, count.size() - 1)).value_or(-1) >= 0 &&
         to_integer(count.substr(0, count.size() - 1)).value_or(0) <= 65535);
    if (!is_record_type(std::string_view(whole).substr(0, bracket)) ||
        (has_count && (count.empty() || !is_count)))
      refuse(type, fmt::format("no type `{}`", whole));
  }
}

}  // namespace plimsoll::bind
