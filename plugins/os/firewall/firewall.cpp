#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "plugins/os/firewall/firewalld.h"
#include "plugins/os/firewall/iptables_reader.h"
#include "plugins/os/firewall/managers.h"
#include "plugins/os/firewall/nft_reader.h"
#include "plugins/os/firewall/outcome.h"
#include "plugins/os/firewall/ruleset.h"
#include "plugins/os/firewall/ufw_rules.h"
#include "scanner/base/text.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace {

using firewall::Chain;
using firewall::HookOutcome;
using firewall::Manager;
using firewall::OpenPort;
using firewall::Rule;
using firewall::Ruleset;
using firewall::Table;

constexpr auto kFiles = std::to_array<std::string_view>(
    {"/etc/nftables.conf", "/etc/iptables/rules.v4", "/etc/iptables/rules.v6",
     "/etc/firewalld/zones/public.xml", "/etc/ufw/before.rules", "/etc/ufw/user.rules"});

enum Column : std::uint8_t {
  kManager,
  kItem,
  kEnabled,
  kState,
  kFamily,
  kTable,
  kChain,
  kType,
  kHook,
  kPriority,
  kPolicy,
  kRule,
  kVerdict,
  kUnmatched,
  kLoopback,
  kSpoofed,
  kEstablished,
  kProtocol,
  kPort,
  kSource,
  kInterface,
  kZone,
  kService,
  kColumns
};

constexpr std::array kFields = {
    Field{"manager", Type::text,
          "who loads it at boot: nftables, iptables (netfilter-persistent), firewalld or ufw"},
    Field{
        "item", Type::text,
        "what the row is: manager, table, chain, rule, hook, port; zone, default-zone or service"},
    Field{"enabled", Type::boolean, "whether the manager loads its rules at boot"},
    Field{"state", Type::text,
          "manager: its unit, as `systemctl is-enabled` prints it, or not-found"},
    Field{"family", Type::text, "inet, ip, ip6, arp, bridge or netdev; of a hook: ip or ip6"},
    Field{"table", Type::text, "the table"},
    Field{"chain", Type::text, "the chain; of a hook: the one that decides there, if there is one"},
    Field{"type", Type::text, "base chain: filter, nat or route"},
    Field{"hook", Type::text, "base chain or hook: input, forward, output, ..."},
    Field{"priority", Type::integer, "base chain: its priority as a number"},
    Field{"policy", Type::text, "base chain: accept or drop"},
    Field{"rule", Type::text, "the rule as the program lists it"},
    Field{"verdict", Type::text,
          "rule: accept, drop, reject, return, jump CHAIN, ...; vmap: by a map"},
    Field{"unmatched", Type::text,
          "hook: accept or drop, what becomes of a new packet that no rule names"},
    Field{"loopback", Type::text,
          "hook: accept or drop, what becomes of the host's own traffic over lo"},
    Field{"spoofed", Type::text,
          "hook input: accept or drop, what can become of a loopback source on another interface"},
    Field{"established", Type::text,
          "hook: accept or drop, what becomes of packets of known connections"},
    Field{"protocol", Type::text, "port: tcp, udp, ..."},
    Field{"port", Type::text, "port: a number, a range or the name of a set, let in by some rule"},
    Field{"source", Type::set, "port: the addresses that it is open to; nothing: all"},
    Field{"interface", Type::set, "port: the interfaces that it is open on; nothing: all"},
    Field{"zone", Type::text, "firewalld: the zone; its target stands in `policy`"},
    Field{"service", Type::text,
          "firewalld: the service that the default zone lets in, or that names a port"},
};
static_assert(kFields.size() == kColumns);

class Rows {
 public:
  Rows(Facts& facts, std::string manager, bool enabled)
      : facts_(facts), manager_(std::move(manager)), enabled_(enabled) {}

  void manager(const Manager& manager) {
    auto row = start("manager");
    row[kState] = manager.state;
    facts_.row(std::move(row), manager.origin);
  }

  void ruleset(const Ruleset& ruleset, const std::string& file, std::string_view family) {
    for (const auto& each : ruleset.tables) {
      auto row = start("table");
      row[kFamily] = each->family;
      row[kTable] = each->name;
      facts_.row(std::move(row), each->origin);
      for (const auto& made : each->chains) chain(*each, *made);
    }
    for (const HookOutcome& each : firewall::outcomes(ruleset))
      if (family.empty() || each.family == family) hook(each, file);
    bool complete = true;
    for (const OpenPort& each : firewall::open_ports(ruleset, complete)) port(each);
    if (!complete) entangled({file, 0, 0});
  }

  void zone(const firewall::Zone& zone) {
    auto row = start(zone.is_default ? "default-zone" : "zone");
    row[kZone] = zone.name;
    row[kPolicy] = zone.target;
    if (!zone.interfaces.empty()) row[kInterface] = zone.interfaces;
    if (!zone.sources.empty()) row[kSource] = zone.sources;
    facts_.row(std::move(row), zone.origin);
    for (const firewall::ZoneEntry& entry : zone.entries) zone_entry(zone, entry);
  }

 private:
  /// A service that comes with several ports is one row of its own, and one for each port.
  void zone_entry(const firewall::Zone& zone, const firewall::ZoneEntry& entry) {
    const auto add = [&](std::string_view item) {
      auto row = start(item);
      row[kZone] = zone.name;
      if (!entry.service.empty()) row[kService] = entry.service;
      if (item == "port") row[kProtocol] = entry.protocol;
      if (item == "port" && !entry.port.empty()) row[kPort] = entry.port;
      if (!entry.sources.empty()) row[kSource] = entry.sources;
      facts_.row(std::move(row), entry.origin);
    };
    const std::string shown = entry.service + " " + join(entry.sources, ",");
    if (!entry.service.empty() && shown != last_service_) add("service");
    last_service_ = shown;
    if (!entry.protocol.empty()) add("port");
  }

  std::vector<Value> start(std::string_view item) const {
    std::vector<Value> row(kColumns);
    row[kManager] = manager_;
    row[kItem] = std::string(item);
    row[kEnabled] = enabled_;
    return row;
  }

  std::vector<Value> start(std::string_view item, const Table& table, const Chain& chain) const {
    auto row = start(item);
    row[kFamily] = table.family;
    row[kTable] = table.name;
    row[kChain] = chain.name;
    return row;
  }

  void chain(const Table& table, const Chain& chain) {
    auto row = start("chain", table, chain);
    if (!chain.hook.empty()) {
      row[kType] = chain.type;
      row[kHook] = chain.hook;
      row[kPriority] = chain.priority;
      row[kPolicy] = chain.policy;
    }
    facts_.row(std::move(row), chain.hook.empty() ? chain.origin : chain.policy_origin);
    for (const auto& rule : chain.rules) {
      auto fields = start("rule", table, chain);
      fields[kRule] = rule->text;
      const firewall::Verdict& verdict = rule->verdict;
      if (!verdict.target.empty())
        fields[kVerdict] = verdict.word + " " + verdict.target;
      else if (!verdict.word.empty())
        fields[kVerdict] = verdict.word;
      else if (!rule->map.empty())
        fields[kVerdict] = "vmap";
      facts_.row(std::move(fields), rule->origin);
    }
  }

  void hook(const HookOutcome& outcome, const std::string& file) {
    auto row = start("hook");
    row[kFamily] = outcome.family;
    row[kHook] = outcome.hook;
    const auto word = [](bool accept) { return std::string(accept ? "accept" : "drop"); };
    Origin origin{file, 0, 0};
    if (outcome.chain != nullptr) {
      row[kTable] = outcome.table->name;
      row[kChain] = outcome.chain->name;
      origin = outcome.chain->policy_origin;
    }
    if (!outcome.decided) {
      entangled(origin);
      return;
    }
    row[kUnmatched] = word(!outcome.drops_unmatched);
    row[kLoopback] = word(outcome.accepts_loopback);
    row[kEstablished] = word(outcome.accepts_established);
    if (outcome.hook == "input") row[kSpoofed] = word(!outcome.drops_spoofed);
    facts_.row(std::move(row), origin);
  }

  void entangled(const Origin& origin) {
    facts_.gap({ErrorCode::limit, "the chains are too entangled to follow", origin},
               enabled_ ? manager_ : manager_ + " > rules");
  }

  void port(const OpenPort& open) {
    auto row = start("port", *open.table, *open.chain);
    row[kProtocol] = open.protocol;
    row[kPort] = open.port;
    if (!open.sources.empty()) row[kSource] = open.sources;
    if (!open.interfaces.empty()) row[kInterface] = open.interfaces;
    facts_.row(std::move(row), open.rule->origin);
  }

  Facts& facts_;
  std::string manager_;
  bool enabled_;
  std::string last_service_;
};

/// A ruleset that is not loaded at boot and cannot be read leaves what is loaded as certain as it
/// was: the gap is about nothing that a rule asks for.
void add_gap(Facts& facts, const Error& error, const std::string& manager, bool enabled) {
  if (error.code == ErrorCode::not_found) return;
  facts.gap(error, enabled ? manager : manager + " > rules");
}

void read_nftables(const Root& root, const Manager& manager, Facts& facts) {
  for (const std::string& file : manager.files) {
    const auto ruleset = firewall::read_nft(root, file, manager.include_directories);
    if (ruleset)
      Rows(facts, manager.name, manager.enabled).ruleset(*ruleset, file, "");
    else if (ruleset.error().code == ErrorCode::not_found && ruleset.error().where.line == 0 &&
             !root.lstat(file))
      continue;  // nothing is loaded
    else
      facts.gap(ruleset.error(), manager.enabled ? manager.name : manager.name + " > rules");
  }
}

void read_saved(const Root& root, const Manager& manager, bool is_six, Facts& facts) {
  const std::string file(kFiles[is_six ? 2 : 1]);
  const bool enabled = manager.enabled && (is_six ? manager.loads_six : manager.loads_four);
  const auto ruleset = firewall::read_iptables(root, file, is_six);
  Rows rows(facts, manager.name, enabled);
  if (ruleset)
    rows.ruleset(*ruleset, file, is_six ? "ip6" : "ip");
  else if (ruleset.error().code == ErrorCode::not_found && enabled)
    rows.ruleset({}, file, is_six ? "ip6" : "ip");
  else
    add_gap(facts, ruleset.error(), manager.name, enabled);
}

void read_ufw(const Root& root, const firewall::Managers& managers, Facts& facts) {
  const Manager& manager = managers.all[3];
  if (!managers.ufw.complete) return;  // its script loads nothing then
  for (const bool is_six : {false, true}) {
    const auto ruleset = firewall::read_ufw_rules(root, managers.ufw, is_six);
    if (ruleset)
      Rows(facts, manager.name, manager.enabled)
          .ruleset(*ruleset, firewall::ufw_file(is_six), is_six ? "ip6" : "ip");
    else
      add_gap(facts, ruleset.error(), manager.name, manager.enabled);
  }
}

void read_firewalld(const Root& root, const Manager& manager, Facts& facts) {
  Rows rows(facts, manager.name, manager.enabled);
  const std::string subject = manager.enabled ? manager.name : manager.name + " > rules";
  for (const firewall::Zone& zone : firewall::read_zones(root, subject, facts)) rows.zone(zone);
}

Facts read_firewall(const Request& request) {
  Facts facts;
  const firewall::Managers managers = firewall::find_managers(request.root, facts);
  for (const Manager& manager : managers.all)
    Rows(facts, manager.name, manager.enabled).manager(manager);
  read_nftables(request.root, managers.all[0], facts);
  read_saved(request.root, managers.all[1], false, facts);
  read_saved(request.root, managers.all[1], true, facts);
  read_firewalld(request.root, managers.all[2], facts);
  read_ufw(request.root, managers, facts);
  if (!managers.any_unit && facts.rows.size() == managers.all.size() && facts.gaps.empty()) {
    facts.rows.clear();
    facts.not_applicable = "there are neither units nor a stored ruleset";
  }
  return facts;
}

}  // namespace

extern const Probe firewall_probe;
const Probe firewall_probe{
    .name = "firewall",
    .group = "os",
    .summary = "packet filters that are loaded at boot: chains, rules and what they let through",
    .semantics =
        "nft(8), iptables-restore(8), iptables(8), iptables-extensions(8), firewalld.zone(5), "
        "ufw-framework(8), systemctl(1)",
    .shape = Shape::rows,
    .fields = kFields,
    .read = read_firewall,
    .files = kFiles,
};

}  // namespace plimsoll
