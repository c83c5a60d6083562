#include "plugins/service/bind/effective.h"

#include <fmt/format.h>

#include <functional>
#include <optional>

#include "plugins/service/bind/access.h"
#include "plugins/service/bind/addresses.h"
#include "plugins/service/bind/channels.h"
#include "plugins/service/bind/dns_names.h"
#include "plugins/service/bind/grammar.h"
#include "scanner/base/text.h"

namespace plimsoll::bind {
namespace {

/// `[ tls NAME ] { ADDRESS [ tls NAME ]; ... }`: whether some address has no TLS. 9.18, whose
/// grammar is read, has no `tls` here, hence the printed form.
bool has_plain(std::string_view forwarders) {
  const std::size_t open = forwarders.find('{');
  if (open == std::string_view::npos || contains(forwarders.substr(0, open), "tls ")) return false;
  for (const std::string_view address : split(trim(forwarders.substr(open), "{} "), ';'))
    if (!trim(address).empty() && !contains(address, " tls ")) return true;
  return false;
}

/// Zones that every server has for itself.
bool is_own(std::string_view zone) {
  const std::string name = domain_name(zone).value_or("");
  return name == "localhost" || name == "localhost.localdomain" || name == "." ||
         is_below(name, "127.in-addr.arpa") || name == "0.in-addr.arpa" ||
         name == "255.in-addr.arpa" || name.ends_with("0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa");
}

struct Zone {
  std::string name;
  std::string scope;
  std::string type;  ///< primary, secondary, mirror, or as it is written
  const Block* block = nullptr;
};

class View {
 public:
  View(const Configuration& configuration, Access& access, Facts& facts, const Setting* view)
      : configuration_(configuration), access_(access), facts_(facts) {
    scope_ = "options";
    if (view != nullptr) {
      block_ = block_of(view->value);
      scope_ = fmt::format("view {}", name_of(view->value));
      if (const Node* clients = block_->value("match-clients")) clients_ = access.of(*clients);
      const Node& class_name = view->value.parts[1];
      is_internet_ = !class_name.is_there() || class_number(class_name.text) == 1U;
    }
    const std::string prefix = view == nullptr ? "" : scope_ + " > ";
    each(block_ == nullptr ? configuration.top : *block_, "zone", [&](const Setting& one) {
      const Block* zone = block_of(one.value);
      const Node* type = zone->value("type");
      if (type == nullptr) return;
      std::string kind = lower(type->text);
      if (kind == "master") kind = "primary";
      if (kind == "slave") kind = "secondary";
      const std::string name(name_of(one.value));
      zones_.push_back({name, fmt::format("{}zone {}", prefix, name), std::move(kind), zone});
    });
  }

  void write() {
    transfers();
    updates();
    notifies();
    if (!is_internet_) return;
    authority();
    resolving();
    simple();
    limits();
  }

 private:
  [[nodiscard]] bool has_defaults() const { return !configuration_.is_document; }

  [[nodiscard]] const Setting* find(std::string_view key) const {
    for (const Block* block : {block_, configuration_.options()})
      if (block != nullptr)
        if (const Setting* found = block->find(key)) return found;
    return nullptr;
  }
  [[nodiscard]] Origin origin(const Setting* setting) const {
    return setting == nullptr ? Origin() : configuration_.origin(setting->place);
  }

  /// A list that has one in it which is not here says nothing: that is a gap.
  void tell(std::string_view key, Who who, const Setting* setting, const std::string& scope) {
    if (who.has(Who::unknown))
      facts_.gap({ErrorCode::unsupported, "an address match list that is not here, or not read",
                  origin(setting)},
                 scope, Gap::Effect::may_override, {key});
    else
      facts_.setting(std::string(key), who.text(), origin(setting), scope);
  }
  [[nodiscard]] Who of(const Setting& setting) { return access_.of(setting.value); }

  void transfers() {
    std::size_t left_to_default = 0;
    std::size_t all = 0;
    for (const Zone& zone : zones_) {
      if (!is_one_of(zone.type, "primary secondary mirror")) continue;
      const Setting* own = zone.block->find("allow-transfer");
      if (own != nullptr) tell("@allow-transfer", of(*own).within(clients_), own, zone.scope);
      // Nobody gets a mirror unless it says so itself.
      if (zone.type == "mirror" || is_own(zone.name)) continue;
      ++all;
      if (own == nullptr) ++left_to_default;
    }
    if (all > 0 && left_to_default == 0) return;
    const Setting* found = find("allow-transfer");
    if (found == nullptr && !has_defaults()) return;
    constexpr int kClosed = 19;  // none since 9.19, a development release, and 9.20
    const Who by_default = configuration_.version.is_before(kClosed) ? Who(Who::any) : Who();
    tell("@allow-transfer", (found == nullptr ? by_default : of(*found)).within(clients_), found,
         scope_);
  }

  void updates() {
    for (const Zone& zone : zones_) {
      if (const Setting* policy = zone.block->find("update-policy"))
        facts_.setting("@update", "policy", origin(policy), zone.scope);
      if (const Setting* own = zone.block->find("allow-update"))
        tell("@update", of(*own).within(clients_), own, zone.scope);
      if (const Setting* own = zone.block->find("allow-update-forwarding"))
        tell("@update-forwarding", of(*own).within(clients_), own, zone.scope);
    }
    shared("@update", "allow-update");
    shared("@update-forwarding", "allow-update-forwarding");
  }

  /// A list that zones without one of their own go by; without any it is nobody.
  void shared(std::string_view key, std::string_view name) {
    const Setting* found = find(name);
    if (found != nullptr || has_defaults())
      tell(key, found == nullptr ? Who() : of(*found).within(clients_), found, scope_);
  }

  void notifies() {
    for (const Zone& zone : zones_)
      if (const Setting* own = zone.block->find("allow-notify"))
        tell("@allow-notify", of(*own).within(clients_), own, zone.scope);
    shared("@allow-notify", "allow-notify");
  }

  /// server.c, configure_view: three lists stand in for each other where one is not written.
  void resolving() {
    const Setting* recursion = find("recursion");
    const bool resolves = recursion == nullptr || recursion->value.text != "no";
    if (recursion != nullptr || has_defaults())
      facts_.setting("@recursion", resolves ? "yes" : "no", origin(recursion), scope_);
    const Setting* query = find("allow-query");
    const Setting* cache = find("allow-query-cache");
    const Setting* allowed = find("allow-recursion");
    resolves_ = resolves;
    if (!resolves) {
      facts_.setting("@allow-recursion", "none", origin(recursion), scope_);
      if (cache != nullptr)
        tell("@allow-query-cache", of(*cache).within(clients_), cache, scope_);
      else
        facts_.setting("@allow-query-cache", "none", origin(recursion), scope_);
      return;
    }
    if (is_public_)
      facts_.setting("@mixed-roles", "zones for everybody, and recursion", origin(recursion),
                     scope_);
    else if (query != nullptr || has_defaults())
      tell("@allow-query", query == nullptr ? clients_ : of(*query).within(clients_), query,
           scope_);
    if (cache == nullptr) cache = allowed != nullptr ? allowed : query;
    if (allowed == nullptr) allowed = cache;
    Who by_default = Who::localhost;
    by_default |= Who::localnets;
    const auto put = [&](std::string_view key, const Setting* found) {
      if (found == nullptr && !has_defaults()) return;
      tell(key, (found == nullptr ? by_default : of(*found)).within(clients_), found, scope_);
    };
    put("@allow-recursion", allowed);
    put("@allow-query-cache", cache);
  }

  void simple() {
    const auto put = [&](std::string key, std::string_view name, std::string_view by_default) {
      const Setting* found = find(name);
      if (found != nullptr)
        facts_.setting(std::move(key), lower(found->value.text), origin(found), scope_);
      else if (has_defaults())
        facts_.setting(std::move(key), std::string(by_default), {}, scope_);
    };
    put("@minimal-responses", "minimal-responses", "no-auth-recursive");
    put("@empty-zones-enable", "empty-zones-enable", "yes");
    if (!resolves_) return;
    const Setting* validation = find("dnssec-validation");
    if (validation != nullptr && validation->value.text == "yes" && has_defaults() &&
        !has_anchors())
      facts_.setting("@dnssec-validation", "unanchored", origin(validation), scope_);
    else
      put("@dnssec-validation", "dnssec-validation", "auto");
  }

  [[nodiscard]] bool has_anchors() const {
    for (const Block* block : {block_, &configuration_.top})
      for (const std::string_view key : {"trust-anchors", "managed-keys", "trusted-keys"})
        if (block != nullptr && block->find(key) != nullptr) return true;
    return false;
  }

  void limits() {
    const Setting* found = find("rate-limit");
    const Block* block = found == nullptr ? nullptr : found->value.block.get();
    const auto number = [&](std::string_view key) {
      const Node* value = block == nullptr ? nullptr : block->value(key);
      return value == nullptr ? 0 : value->number;
    };
    const bool limits = number("responses-per-second") != 0 || number("all-per-second") != 0;
    const std::string_view state = !limits ? "unset" : number("log-only") != 0 ? "log-only" : "set";
    if (found == nullptr && !has_defaults()) return;
    facts_.setting("@rate-limit", std::string(state), origin(found), scope_);
    if (is_public_ && state != "set")
      facts_.setting("@unlimited", "zones for everybody, and no rate-limit", origin(found), scope_);
  }

  /// Zones of its own that it serves, and to whom.
  void authority() {
    const Setting* shared = find("allow-query");
    bool has_zones = false;
    for (const Zone& zone : zones_) {
      if (!is_one_of(zone.type, "primary secondary") || is_own(zone.name)) continue;
      has_zones = true;
      const Setting* own = zone.block->find("allow-query");
      if (own == nullptr) own = shared;
      const Who who = own == nullptr ? Who(Who::any) : of(*own);
      if (!who.within(clients_).has(Who::any)) continue;
      is_public_ = true;
      break;
    }
    if (is_public_ || has_defaults())
      facts_.setting("@authoritative",
                     is_public_  ? "public"
                     : has_zones ? "private"
                                 : "no",
                     {}, scope_);
  }

  const Configuration& configuration_;
  Access& access_;
  Facts& facts_;
  std::string scope_;
  const Block* block_ = nullptr;
  Who clients_ = Who::any;
  bool is_internet_ = true;
  bool is_public_ = false;
  bool resolves_ = true;
  std::vector<Zone> zones_;
};

class Server {
 public:
  Server(const Configuration& configuration, Access& access, Facts& facts)
      : configuration_(configuration), access_(access), facts_(facts) {}

  void write() {
    shown("@shown-version", "version", "real");
    shown("@hostname", "hostname", "real");
    shown("@server-id", "server-id", "none");
    listening("listen-on", "@listen-on");
    listening("listen-on-v6", "@listen-on-v6");
    channels("controls", "@control-remote");
    channels("statistics-channels", "@statistics-remote");
    forwarders(configuration_.top, "");
    write_security_log(configuration_, facts_);
  }

 private:
  [[nodiscard]] const Setting* option(std::string_view key) const {
    const Block* options = configuration_.options();
    return options == nullptr ? nullptr : options->find(key);
  }

  void shown(std::string key, std::string_view name, std::string_view by_default) {
    const Setting* found = option(name);
    if (found == nullptr && configuration_.is_document) return;
    std::string value(by_default);
    if (found != nullptr) {
      const bool is_real =
          name == "server-id" && !found->value.is_quoted && found->value.text == "hostname";
      value = is_real ? "real" : found->value.text;
    }
    facts_.setting(std::move(key), std::move(value),
                   found == nullptr ? Origin() : configuration_.origin(found->place), "options");
  }

  /// Statements for several ports add up.
  void listening(std::string_view name, std::string_view key) {
    const Setting* first = option(name);
    if (first == nullptr && configuration_.is_document) return;
    Who who = first == nullptr ? Who(Who::any) : Who();
    const Block* options = configuration_.options();
    const Setting* widest = first;
    for (const Setting* one = first; one != nullptr; one = options->next(*one)) {
      const Who now = access_.of(one->value);
      if (now.has(Who::any) && !who.has(Who::any)) widest = one;
      who |= now;
    }
    const Origin origin = widest == nullptr ? Origin() : configuration_.origin(widest->place);
    if (who.has(Who::unknown))
      facts_.gap({ErrorCode::unsupported, "an address match list that is not here", origin},
                 "options", Gap::Effect::may_override, {key});
    else
      facts_.setting(std::string(key), who.text(), origin, "options");
  }

  /// `inet ADDRESS port N` that is not of the loopback.
  void channels(std::string_view name, std::string_view key) {
    each(configuration_.top, name, [&](const Setting& statement) {
      if (!statement.value.block) return;
      each(*statement.value.block, "inet", [&](const Setting& one) {
        const std::string text = printed(one.value);
        const std::string_view address = std::string_view(text).substr(0, text.find(' '));
        auto parsed = v4_address(address);
        if (!parsed) parsed = v6_address(address);
        if (parsed && parsed->is_loopback()) return;
        facts_.setting(std::string(key), text.substr(0, text.find(" allow")),
                       configuration_.origin(one.place), std::string(name));
      });
    });
  }

  /// Forwarders of all blocks that are asked in clear.
  void forwarders(const Block& block, const std::string& scope) {
    for (const Setting& one : block.settings) {
      if (one.key == "forwarders") {
        const std::string text = printed(one.value);
        if (has_plain(text))
          facts_.setting("@forward-plain", text, configuration_.origin(one.place), scope);
        continue;
      }
      if (!is_one_of(one.key, "options view zone")) continue;
      const Block* inner = block_of(one.value);
      const std::string_view name = name_of(one.value);
      if (inner != nullptr)
        forwarders(*inner, fmt::format("{}{}{}{}{}", scope, scope.empty() ? "" : " > ", one.key,
                                       name.empty() ? "" : " ", name));
    }
  }

  const Configuration& configuration_;
  Access& access_;
  Facts& facts_;
};

}  // namespace

void write_effective(const Configuration& configuration, Facts& facts) {
  if (configuration.refused) return;
  Access access(configuration);
  Server(configuration, access, facts).write();
  const Block& top = configuration.top;
  if (top.find("view") == nullptr) return View(configuration, access, facts, nullptr).write();
  std::size_t count = 0;
  each(top, "view", [&](const Setting& one) {
    if (++count > kMostViews) return;
    if (block_of(one.value) != nullptr) View(configuration, access, facts, &one).write();
  });
  if (count > kMostViews)
    facts.gap({ErrorCode::limit, fmt::format("more than {} views", kMostViews), {}});
}

}  // namespace plimsoll::bind
