#include "plugins/os/firewall/outcome.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

#include "plugins/os/firewall/nft_values.h"
#include "scanner/base/text.h"

namespace plimsoll::firewall {
namespace {

constexpr std::size_t kDepth = 16;       // the kernel follows no more jumps
constexpr std::size_t kSteps = 1 << 20;  // rules looked at for all packets together

/// How a condition bears on a packet of which not everything is said.
enum class Answer : std::uint8_t {
  no,
  yes,
  named,  ///< asks for one port, address or interface, which the packet may or may not have
  open,   ///< asks for something that the packet leaves open
};

struct Packet {
  bool is_six = false;
  std::string_view protocol;
  std::string_view hook;
  bool by_loopback = false;      ///< comes or goes by `lo`
  bool loopback_source = false;  ///< 127.0.0.1 or ::1
  bool established = false;
  /// Whether it is let through if any such packet could be; else as the ordinary one of its kind
  /// is.
  bool any = false;
  /// With `any`: also those that rules name.
  bool named = false;
};

Answer negate(Answer answer, const Packet& packet) {
  switch (answer) {
    case Answer::no:
      return Answer::yes;
    case Answer::yes:
      return Answer::no;
    case Answer::named:  // it is none of those that are named, unless it may be
      return packet.named ? Answer::open : Answer::yes;
    case Answer::open:
      break;
  }
  return Answer::open;
}

/// Of a condition that no such packet meets, negated or not: `tcp dport != 22` asks for tcp, too.
Answer never(const Condition& condition) { return condition.negated ? Answer::yes : Answer::no; }

bool holds(const Condition& condition, std::string_view value) {
  return std::find(condition.values.begin(), condition.values.end(), value) !=
         condition.values.end();
}

bool covers_interface(std::string_view pattern, std::string_view name) {
  return pattern.ends_with('*') ? name.starts_with(pattern.substr(0, pattern.size() - 1))
                                : pattern == name;
}

Answer interface(const Condition& condition, const Packet& packet, bool incoming) {
  // A packet of this host has no interface to come by, one for it has none to go by.
  if (packet.hook == (incoming ? "output" : "input")) return Answer::no;
  const bool loopback = std::any_of(condition.values.begin(), condition.values.end(),
                                    [](const auto& each) { return covers_interface(each, "lo"); });
  const bool all = holds(condition, "*");
  if (packet.by_loopback) return loopback ? Answer::yes : Answer::no;
  if (all) return Answer::yes;
  return loopback && condition.values.size() == 1 ? Answer::no : Answer::named;
}

/// Whether an element (`10.0.0.0/8`, `::1`) holds the loopback address, and whether it holds all.
struct Cover {
  bool loopback = false;
  bool only_loopback = false;
  bool all = false;
};

Cover cover(std::string_view element, bool is_six) {
  const ValueKind kind = is_six ? ValueKind::address6 : ValueKind::address4;
  const auto parse = [&](std::string_view text) -> std::optional<Scalar> {
    return address_value(kind, text);
  };
  const std::size_t slash = element.find('/');
  const std::size_t dash = element.find('-');
  std::optional<Scalar> span;
  if (slash != std::string_view::npos) {
    const auto base = parse(element.substr(0, slash));
    if (base) span = with_prefix(*base, element.substr(slash + 1));
  } else if (dash != std::string_view::npos) {
    const auto first = parse(element.substr(0, dash));
    const auto last = parse(element.substr(dash + 1));
    if (first && last) span = between(*first, *last);
  } else {
    span = parse(element);
  }
  Cover result;
  if (!span) return result;
  const auto address = parse(is_six ? "::1" : "127.0.0.1");
  const auto everything = with_prefix(*address, "0");
  const auto loopback = with_prefix(*address, is_six ? "128" : "8");
  result.loopback = span->first <= address->first && address->last <= span->last;
  result.only_loopback = loopback->first <= span->first && span->last <= loopback->last;
  result.all = span->first == everything->first && span->last == everything->last;
  return result;
}

Answer address(const Condition& condition, const Packet& packet, bool source) {
  const bool loopback = packet.by_loopback || (source && packet.loopback_source);
  bool any_named = false;
  for (const std::string& element : condition.values) {
    const Cover what = cover(element, packet.is_six);
    if (what.all || (loopback && what.loopback)) return Answer::yes;
    any_named = any_named || !what.only_loopback;
  }
  return loopback || !any_named ? Answer::no : Answer::named;
}

Answer ports(const Condition& condition, bool source) {
  for (const std::string& element : condition.values) {
    const std::size_t dash = element.find('-');
    if (dash == std::string::npos) continue;
    const auto first = to_integer(element.substr(0, dash));
    const auto last = to_integer(element.substr(dash + 1));
    if (first && last && *first <= 1 && *last == 65535) return Answer::yes;
    // A client's own port is one of the high ones.
    if (source && first && last && *first <= 32768 && *last >= 60999) return Answer::yes;
  }
  return condition.readable ? Answer::named : Answer::open;
}

Answer transport(const Condition& condition, const Packet& packet, std::string_view header,
                 std::string_view field) {
  if (header != "th" && header != packet.protocol) return never(condition);
  if (field == "dport") return ports(condition, false);
  if (field == "sport") return ports(condition, true);
  return Answer::open;
}

Answer state(const Condition& condition, const Packet& packet) {
  return holds(condition, packet.established ? "established" : "new") ? Answer::yes : Answer::no;
}

Answer meta(const Condition& condition, const Packet& packet, std::string_view field) {
  if (field == "nfproto")
    return holds(condition, packet.is_six ? "ipv6" : "ipv4") ? Answer::yes : Answer::no;
  if (field == "l4proto") return holds(condition, packet.protocol) ? Answer::yes : Answer::no;
  if (field == "pkttype") return holds(condition, "host") ? Answer::yes : Answer::no;
  if (field == "mark" || field == "skuid" || field == "skgid" || field == "cgroup")
    return Answer::named;
  return Answer::open;
}

/// What a condition means without its negation.
Answer positive(const Condition& condition, const Packet& packet) {
  const std::string_view key = condition.key;
  const std::size_t blank = key.find(' ');
  const std::string_view header = key.substr(0, blank);
  const std::string_view field = blank == std::string_view::npos ? "" : key.substr(blank + 1);
  const bool has_set = std::any_of(condition.values.begin(), condition.values.end(),
                                   [](const auto& each) { return each.starts_with('@'); });
  if (key == "iif" || key == "iifname") return interface(condition, packet, true);
  if (key == "oif" || key == "oifname") return interface(condition, packet, false);
  if (key.find(" . ") != std::string_view::npos) return Answer::named;
  if (header == "ip" || header == "ip6") {
    if ((header == "ip6") != packet.is_six) return never(condition);
    if (has_set) return Answer::named;
    if (field == "saddr" || field == "daddr") return address(condition, packet, field == "saddr");
    if (field == "protocol" || field == "nexthdr") return meta(condition, packet, "l4proto");
    if (field == "version") return Answer::yes;
    return Answer::open;
  }
  if (header == "tcp" || header == "udp" || header == "th")
    return transport(condition, packet, header, field);
  if (header == "meta") return meta(condition, packet, field);
  if (key == "ct state") return state(condition, packet);
  if (key == "ct status" || key == "ct mark" || key == "ct helper") return Answer::named;
  if (key == "fib daddr type") return holds(condition, "local") ? Answer::yes : Answer::no;
  if (header == "icmp" || header == "icmpv6" || header == "igmp" || header == "esp" ||
      header == "ah" || header == "sctp" || header == "dccp" || header == "udplite" ||
      header == "arp")
    return never(condition);
  return Answer::open;
}

Answer ask(const Condition& condition, const Packet& packet) {
  Answer answer = positive(condition, packet);
  if (!condition.readable && answer == Answer::yes) answer = Answer::open;
  return condition.negated ? negate(answer, packet) : answer;
}

Answer both(Answer a, Answer b) {
  if (a == Answer::no || b == Answer::no) return Answer::no;
  if (a == Answer::named || b == Answer::named) return Answer::named;
  return a == Answer::open || b == Answer::open ? Answer::open : Answer::yes;
}

/// Where a packet may end in a chain.
struct Ends {
  bool accepted = false;
  bool dropped = false;
  bool falls = false;  ///< through to the caller
};

class Walk {
 public:
  Walk(const Table& table, const Packet& packet, std::size_t& steps)
      : table_(table), packet_(packet), steps_(steps) {}

  Ends chain(const Chain& chain, std::size_t depth) {
    Ends ends;
    if (depth > kDepth) steps_ = kSteps;
    for (const auto& rule : chain.rules) {
      if (++steps_ > kSteps) return ends;
      Answer answer = Answer::yes;
      for (const Condition& condition : rule->conditions)
        answer = both(answer, ask(condition, packet_));
      if (apply(answer, rule->verdict, ends, depth)) return ends;
      for (const auto& [condition, verdict] : rule->map) {
        if (answer == Answer::no || ++steps_ > kSteps) break;
        if (apply(both(answer, ask(condition, packet_)), verdict, ends, depth)) return ends;
      }
    }
    ends.falls = true;
    return ends;
  }

 private:
  /// True when the chain ends here for certain.
  bool apply(Answer answer, const Verdict& verdict, Ends& ends, std::size_t depth) {
    const bool sure = answer == Answer::yes;
    const bool maybe =
        packet_.any && (answer == Answer::open || (answer == Answer::named && packet_.named));
    if ((!sure && !maybe) || verdict.word.empty() || verdict.word == "continue") return false;
    if (verdict.word == "accept" || verdict.word == "queue") ends.accepted = true;
    if (verdict.word == "drop" || verdict.word == "reject") ends.dropped = true;
    if (verdict.word == "return") ends.falls = true;
    if (verdict.word != "jump" && verdict.word != "goto") return sure;
    const Chain* target = table_.find(verdict.target);
    if (target == nullptr) return false;
    const Ends inner = chain(*target, depth + 1);
    ends.accepted = ends.accepted || inner.accepted;
    ends.dropped = ends.dropped || inner.dropped;
    if (verdict.word == "goto") ends.falls = ends.falls || inner.falls;
    return sure && (verdict.word == "goto" || !inner.falls);
  }

  const Table& table_;
  const Packet& packet_;
  std::size_t& steps_;
};

struct Base {
  const Table* table;
  const Chain* chain;
};

std::vector<Base> base_chains(const Ruleset& ruleset, std::string_view family,
                              std::string_view hook) {
  std::vector<Base> found;
  for (const auto& table : ruleset.tables) {
    if (table->dormant || (table->family != family && table->family != "inet")) continue;
    for (const auto& chain : table->chains)
      if (chain->hook == hook && chain->type != "nat") found.push_back({table.get(), chain.get()});
  }
  std::stable_sort(found.begin(), found.end(), [](const Base& a, const Base& b) {
    return a.chain->priority < b.chain->priority;
  });
  return found;
}

/// A packet that one base chain drops is dropped.
bool passes(const std::vector<Base>& chains, const Packet& packet, std::size_t& steps) {
  return std::all_of(chains.begin(), chains.end(), [&](const Base& base) {
    const Ends ends = Walk(*base.table, packet, steps).chain(*base.chain, 0);
    return ends.accepted || (ends.falls && base.chain->policy != "drop");
  });
}

bool all_pass(const std::vector<Base>& chains, Packet packet, std::size_t& steps, bool wanted) {
  for (const std::string_view protocol : {"tcp", "udp"}) {
    packet.protocol = protocol;
    if (passes(chains, packet, steps) != wanted) return false;
  }
  return true;
}

HookOutcome outcome(const Ruleset& ruleset, std::string_view family, std::string_view hook) {
  HookOutcome made;
  made.family = family;
  made.hook = hook;
  const auto chains = base_chains(ruleset, family, hook);
  if (!chains.empty()) {
    made.table = chains.front().table;
    made.chain = chains.front().chain;
    for (const Base& base : chains)
      if (base.chain->type == "filter" &&
          (base.chain->policy == "drop" || made.chain->type != "filter")) {
        made.table = base.table;
        made.chain = base.chain;
        break;
      }
  }
  std::size_t steps = 0;
  Packet packet;
  packet.is_six = family == "ip6";
  packet.hook = hook;
  packet.any = true;
  made.drops_unmatched = all_pass(chains, packet, steps, false);
  packet.named = true;
  packet.loopback_source = true;
  made.drops_spoofed = hook == "input" && all_pass(chains, packet, steps, false);
  packet.any = packet.named = false;
  packet.by_loopback = true;
  made.accepts_loopback = all_pass(chains, packet, steps, true);
  packet.by_loopback = packet.loopback_source = false;
  packet.established = true;
  made.accepts_established = all_pass(chains, packet, steps, true);
  made.decided = steps <= kSteps;
  return made;
}

/// Follows the chains of the hook input with what the jumps to them asked for.
class PortReader {
 public:
  PortReader(const Table& table, std::vector<OpenPort>& found) : table_(table), found_(found) {}

  void chain(const Chain& chain, const OpenPort& before) {
    // Without anything asked for, a second visit finds what the first one found.
    const bool plain = before.port.empty() && before.protocol.empty() && before.sources.empty() &&
                       before.interfaces.empty();
    if (plain && !seen_.insert(&chain).second) return;
    for (const auto& rule : chain.rules) {
      if (++steps_ > kSteps) return;
      rule_ports(chain, *rule, before, nullptr, rule->verdict);
      for (const auto& [condition, verdict] : rule->map)
        rule_ports(chain, *rule, before, &condition, verdict);
    }
  }

  [[nodiscard]] bool complete() const { return steps_ <= kSteps; }

 private:
  static void look(const Condition& condition, OpenPort& open, std::vector<std::string>& ports) {
    const std::string_view key = condition.key;
    if (condition.negated) return;
    const std::size_t blank = key.find(' ');
    if (key == "tcp dport" || key == "udp dport" || key == "th dport") {
      if (condition.readable) ports = condition.values;
      if (key != "th dport") open.protocol = key.substr(0, blank);
    }
    if (key == "meta l4proto" || key == "ip protocol" || key == "ip6 nexthdr")
      open.protocol = join(condition.values, ",");
    if (key == "ip saddr" || key == "ip6 saddr") open.sources = condition.values;
    if (key == "iif" || key == "iifname") open.interfaces = condition.values;
  }

  void rule_ports(const Chain& chain, const Rule& rule, const OpenPort& before,
                  const Condition* more, const Verdict& verdict) {
    if (verdict.word != "accept" && verdict.target.empty()) return;
    OpenPort open = before;
    std::vector<std::string> ports;
    if (!before.port.empty()) ports.push_back(before.port);
    for (const Condition& condition : rule.conditions) look(condition, open, ports);
    if (more != nullptr) look(*more, open, ports);
    open.table = &table_;
    open.chain = &chain;
    open.rule = &rule;
    const Chain* target = verdict.target.empty() ? nullptr : table_.find(verdict.target);
    if (target != nullptr && ports.empty()) return follow(*target, open);
    for (const std::string& port : ports) {
      open.port = port;
      if (target != nullptr)
        follow(*target, open);
      else if (verdict.word == "accept")
        found_.push_back(open);
    }
  }

  void follow(const Chain& target, const OpenPort& open) {
    if (depth_ >= kDepth) return;
    ++depth_;
    chain(target, open);
    --depth_;
  }

  const Table& table_;
  std::vector<OpenPort>& found_;
  std::set<const Chain*> seen_;
  std::size_t depth_ = 0;
  std::size_t steps_ = 0;
};

}  // namespace

std::vector<HookOutcome> outcomes(const Ruleset& ruleset) {
  std::vector<HookOutcome> made;
  for (const std::string_view family : {"ip", "ip6"})
    for (const std::string_view hook : {"input", "forward", "output"})
      made.push_back(outcome(ruleset, family, hook));
  return made;
}

std::vector<OpenPort> open_ports(const Ruleset& ruleset, bool& complete) {
  std::vector<OpenPort> found;
  for (const auto& table : ruleset.tables) {
    if (table->dormant) continue;
    PortReader reader(*table, found);
    OpenPort all;
    all.family = table->family;
    for (const auto& chain : table->chains)
      if (chain->hook == "input" && chain->type == "filter") reader.chain(*chain, all);
    complete = complete && reader.complete();
  }
  return found;
}

}  // namespace plimsoll::firewall
