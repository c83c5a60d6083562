#include "plugins/os/firewall/iptables_rule.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "scanner/base/text.h"

namespace plimsoll::firewall {
namespace {

/// xtables_save_string: plain names stay bare, the rest is quoted.
std::string quoted(std::string_view text) {
  constexpr std::string_view kBare =
      "_-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  if (!text.empty() && text.find_first_not_of(kBare) == std::string_view::npos)
    return std::string(text);
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\' || c == '\'') result += '\\';
    result += c;
  }
  return result + '"';
}

/// `10/8` is short for `10.0.0.0/8`.
std::string full_address(std::string_view text) {
  std::string result(text);
  if (text.empty() || text.find_first_not_of("0123456789.") != std::string_view::npos)
    return result;
  for (auto dots = std::count(text.begin(), text.end(), '.'); dots < 3; ++dots) result += ".0";
  return result;
}

std::string bang(bool negated) { return negated ? "! " : ""; }

constexpr auto kStates = std::to_array<std::string_view>(
    {"INVALID", "NEW", "RELATED", "ESTABLISHED", "UNTRACKED", "SNAT", "DNAT"});

// Targets that end what is asked of a packet; iptables-extensions(8).
constexpr auto kFinal = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"ACCEPT", "accept"},
    {"DROP", "drop"},
    {"REJECT", "reject"},
    {"RETURN", "return"},
    {"QUEUE", "queue"},
    {"NFQUEUE", "queue"},
    {"SNAT", "accept"},
    {"DNAT", "accept"},
    {"REDIRECT", "accept"},
    {"MASQUERADE", "accept"},
    {"NETMAP", "accept"},
    {"TPROXY", "accept"},
});
constexpr auto kContinuing = std::to_array<std::string_view>(
    {"LOG",     "NFLOG", "ULOG",      "MARK",  "CONNMARK",    "CT",       "NOTRACK",
     "TCPMSS",  "TTL",   "HL",        "DSCP",  "TOS",         "CLASSIFY", "CONNSECMARK",
     "SECMARK", "SET",   "TRACE",     "AUDIT", "CHECKSUM",    "TEE",      "LED",
     "RATEEST", "HMARK", "IDLETIMER", "ECN",   "TCPOPTSTRIP", "SYNPROXY"});

// Types, and codes of types, that iptables(8) has other names for than nft has, or alone has them.
constexpr auto kIcmpNames = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"ping", "8"},
    {"pong", "0"},
    {"ttl-exceeded", "11"},
    {"fragmentation-needed", "3/4"},
});
constexpr auto kIcmp6Names = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"no-route", "1/0"},
    {"communication-prohibited", "1/1"},
    {"beyond-scope", "1/2"},
    {"address-unreachable", "1/3"},
    {"port-unreachable", "1/4"},
    {"failed-policy", "1/5"},
    {"reject-route", "1/6"},
    {"ttl-exceeded", "3"},
    {"ttl-zero-during-transit", "3/0"},
    {"ttl-zero-during-reassembly", "3/1"},
    {"bad-header", "4/0"},
    {"unknown-header-type", "4/1"},
    {"unknown-option", "4/2"},
    {"ping", "128"},
    {"pong", "129"},
    {"router-solicitation", "133"},
    {"router-advertisement", "134"},
    {"neighbour-solicitation", "135"},
    {"neighbor-solicitation", "135"},
    {"neighbour-advertisement", "136"},
    {"neighbor-advertisement", "136"},
    {"redirect", "137"},
});

std::string_view icmp_number(std::string_view name, bool is_six) {
  using Names = std::span<const std::pair<std::string_view, std::string_view>>;
  for (const auto& [known, number] : is_six ? Names(kIcmp6Names) : Names(kIcmpNames))
    if (known == name) return number;
  return name;
}

// Options that are no target's own, so that they end those of a target.
constexpr std::string_view kGeneric =
    "! -m --match -p --protocol --proto -s --source --src -d --destination --dst -i --in-interface "
    "-o --out-interface -j --jump -g --goto -f --fragment -c --set-counters";

// xt_recent: the place of an option in what iptables-save(8) prints, and whether a value follows.
struct RecentOption {
  std::string_view name;
  std::size_t place;
  bool has_value;
};
constexpr auto kRecent = std::to_array<RecentOption>({
    {"--set", 0, false},
    {"--rcheck", 0, false},
    {"--update", 0, false},
    {"--remove", 0, false},
    {"--seconds", 1, true},
    {"--reap", 2, false},
    {"--hitcount", 3, true},
    {"--rttl", 4, false},
    {"--name", 5, true},
    {"--mask", 6, true},
    {"--rsource", 7, false},
    {"--rdest", 7, false},
});

}  // namespace

std::optional<std::vector<std::string>> iptables_words(std::string_view line) {
  std::vector<std::string> result;
  std::string word;
  bool inside = false;
  bool some = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (inside && c == '\\' && i + 1 < line.size()) {
      word += line[++i];
    } else if (c == '"') {
      inside = !inside;
      some = true;
    } else if (!inside && kBlanks.find(c) != std::string_view::npos) {
      if (some || !word.empty()) result.push_back(std::exchange(word, {}));
      some = false;
    } else {
      word += c;
    }
  }
  if (inside) return {};
  if (some || !word.empty()) result.push_back(std::move(word));
  return result;
}

bool IptablesRule::wrong(std::string what) {
  if (error_.empty()) error_ = std::move(what);
  return false;
}

bool IptablesRule::value(std::string& text) {
  if (at_ >= words_.size()) return wrong(fmt::format("`{}` lacks its value", words_.back()));
  text = words_[at_++];
  return true;
}

void IptablesRule::condition(std::string key, bool negated, std::vector<std::string> values,
                             bool readable) {
  rule_.conditions.push_back({std::move(key), negated, std::move(values), readable});
}

std::string& IptablesRule::match(const std::string& module, bool again) {
  if (!again)
    for (auto each = matches_.rbegin(); each != matches_.rend(); ++each)
      if (each->first == module) return each->second;
  matches_.emplace_back(module, " -m " + module);
  return matches_.back().second;
}

bool IptablesRule::in_module(std::string_view module) const {
  return !matches_.empty() && matches_.back().first == module;
}

bool IptablesRule::addresses(bool source, bool negated) {
  std::string list;
  if (!value(list)) return false;
  const ValueKind kind = is_six_ ? ValueKind::address6 : ValueKind::address4;
  auto& into = source ? sources_ : destinations_;
  for (const std::string_view each : split(list, ',')) {
    const std::size_t slash = each.find('/');
    const auto base = address_value(kind, full_address(each.substr(0, slash)));
    const std::string_view mask = slash == std::string_view::npos ? "" : each.substr(slash + 1);
    if (!base) return wrong(fmt::format("`{}` is no address", each));
    std::string length(mask.empty() ? (is_six_ ? "128" : "32") : mask);
    if (const auto dotted = address_value(kind, mask); dotted && !to_integer(mask)) {
      unsigned bits = 0;
      for (std::uint64_t rest = dotted->first.low & 0xffffffff; (rest & 0x80000000) != 0;
           rest = (rest << 1) & 0xffffffff)
        ++bits;
      length = fmt::format("{}", bits);
      const auto back = with_prefix(*address_value(kind, "255.255.255.255"), length);
      if (is_six_ || !back || back->first != dotted->first)
        return wrong(fmt::format("`{}` is no network that can be followed", each));
    }
    const auto network = with_prefix(*base, length);
    if (!network) return wrong(fmt::format("`{}` is no network", each));
    if (length == "0" && !negated) {
      into.push_back({});
      continue;
    }
    const std::string shown = network->plain.substr(0, network->plain.find('/'));
    into.push_back({fmt::format("{}/{}", shown, length), network->plain, negated});
  }
  return true;
}

bool IptablesRule::interface(bool incoming, bool negated) {
  std::string name;
  if (!value(name)) return false;
  (incoming ? in_ : out_) = fmt::format(" {}{} {}", bang(negated), incoming ? "-i" : "-o", name);
  if (name == "+" && !negated) (incoming ? in_ : out_).clear();
  if (name.ends_with('+')) name.back() = '*';
  condition(incoming ? "iifname" : "oifname", negated, {name});
  return true;
}

bool IptablesRule::protocol(bool negated) {
  std::string name;
  if (!value(name)) return false;
  name = lower(name);
  if (name == "all" || name == "0") return true;
  if (name == "icmpv6") name = "ipv6-icmp";
  if (const auto number = to_integer(name))
    name = protocol_name(static_cast<std::uint64_t>(*number));
  proto_name_ = name;
  proto_ = fmt::format(" {}-p {}", bang(negated), name);
  condition("meta l4proto", negated, {name});
  return true;
}

bool IptablesRule::ports(const std::string& name, bool negated) {
  std::string list;
  if (!value(list)) return false;
  const bool several = name.ends_with("ports");
  const bool destination = name.starts_with("--d");
  if (several ? !in_module("multiport") : proto_name_.empty())
    return wrong(fmt::format("`{}` is not known here", name));
  std::string& text = match(several ? "multiport" : proto_name_);
  std::vector<std::string> shown;
  std::vector<std::string> plain;
  for (const std::string_view each : split(list, ',')) {
    std::vector<std::string> ends;
    for (const std::string_view end : split(each, ':')) {
      const auto number = to_integer(end);
      const auto named = number || end.empty() ? std::nullopt : services_.port(end);
      if (!number && !named && !end.empty()) return wrong(fmt::format("`{}` is no port", end));
      ends.push_back(end.empty()
                         ? (ends.empty() ? "0" : "65535")
                         : fmt::format("{}", number ? *number : static_cast<std::int64_t>(*named)));
    }
    if (ends.size() > 2 || (ends.size() == 2 && to_integer(ends[0]) > to_integer(ends[1])))
      return wrong(fmt::format("`{}` is no range of ports", each));
    if (ends.size() == 2 && ends[0] == ends[1]) ends.pop_back();
    if (!several && negated && ends.size() == 2 && ends[0] == "0" && ends[1] != "65535") {
      // iptables-save(8) says what is left: `! --dport 0:1023` is `--dport 1024:65535`.
      ends = ends[0] == "0"
                 ? std::vector<std::string>{fmt::format("{}", *to_integer(ends[1]) + 1), "65535"}
                 : std::vector<std::string>{"0", fmt::format("{}", *to_integer(ends[0]) - 1)};
      negated = false;
    }
    shown.push_back(join(ends, ":"));
    plain.push_back(join(ends, "-"));
  }
  if (!several && shown.size() > 1) return wrong("a list of ports needs `-m multiport`");
  const std::string option = several ? (destination               ? "--dports"
                                        : name.starts_with("--s") ? "--sports"
                                                                  : "--ports")
                                     : (destination ? "--dport" : "--sport");
  text += fmt::format(" {}{} {}", bang(negated), option, join(shown, ","));
  const bool either = option == "--ports";
  const bool all = plain.size() == 1 && plain[0] == "0-65535";
  const std::string header = proto_name_ == "tcp" || proto_name_ == "udp" ? proto_name_ : "th";
  if (!all) condition(header + (destination ? " dport" : " sport"), negated, plain, !either);
  return true;
}

bool IptablesRule::states(const std::string& name, bool negated) {
  std::string list;
  if (!value(list)) return false;
  std::vector<std::string> given;
  for (const std::string_view each : split(list, ',')) given.push_back(upper(each));
  std::vector<std::string> shown;
  std::vector<std::string> plain;
  for (const std::string_view state : kStates) {
    if (std::find(given.begin(), given.end(), state) == given.end()) continue;
    shown.emplace_back(state);
    plain.push_back(lower(state));
  }
  std::sort(given.begin(), given.end());
  given.erase(std::unique(given.begin(), given.end()), given.end());
  if (shown.size() != given.size()) return wrong(fmt::format("`{}` are no states", list));
  matches_.back().second += fmt::format(" {}{} {}", bang(negated), name, join(shown, ","));
  condition("ct state", negated, plain);
  return true;
}

bool IptablesRule::icmp_type(const std::string& name, bool negated) {
  std::string type;
  if (!value(type)) return false;
  type = icmp_number(type, is_six_);
  std::string& text = match(is_six_ ? "icmp6" : "icmp");
  const Token token{to_integer(type) ? Token::Kind::number : Token::Kind::word, type, 0, 0, 0};
  const auto known =
      scalar(is_six_ ? ValueKind::icmpv6_type : ValueKind::icmp_type, token, services_);
  if (known) type = fmt::format("{}", known->first.low);
  text += fmt::format(" {}{} {}", bang(negated), name, type);
  condition(is_six_ ? "icmpv6 type" : "icmp type", negated, {type});
  return true;
}

bool IptablesRule::limit() {
  std::string rate;
  if (!value(rate)) return false;
  const std::size_t slash = rate.find('/');
  const std::string number = rate.substr(0, slash);
  const std::string unit = slash == std::string::npos ? "s" : lower(rate.substr(slash + 1));
  for (const std::string_view each : {"second", "minute", "hour", "day"}) {
    if (unit.empty() || !each.starts_with(unit)) continue;
    const bool cut = each == "second" || each == "minute";
    matches_.back().second += fmt::format(" --limit {}/{}", number, cut ? each.substr(0, 3) : each);
    condition("limit", false, {}, false);
    return true;
  }
  return wrong(fmt::format("`{}` is no rate", rate));
}

bool IptablesRule::tcp_flags(const std::string& name, bool negated) {
  std::string& text = match("tcp");
  std::string mask = "FIN,SYN,RST,ACK";
  std::string set = "SYN";
  if (name == "--tcp-flags" && (!value(mask) || !value(set))) return false;
  text += fmt::format(" {}--tcp-flags {} {}", bang(negated), upper(mask), upper(set));
  condition("tcp flags", negated, {}, false);
  return true;
}

/// iptables-extensions(8), "recent": printed in an order of its own, with what holds by default.
bool IptablesRule::recent(const std::string& name, bool negated) {
  const auto option = std::find_if(kRecent.begin(), kRecent.end(),
                                   [&](const RecentOption& each) { return each.name == name; });
  if (option == kRecent.end()) return wrong(fmt::format("`{}` is not known", name));
  std::array<std::string, 8>& parts = recent_[matches_.size()];
  if (parts[5].empty()) {
    parts[5] = " --name DEFAULT";
    parts[6] = fmt::format(" --mask {}",
                           is_six_ ? "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" : "255.255.255.255");
    parts[7] = " --rsource";
  }
  std::string text = fmt::format(" {}{}", bang(negated), name);
  if (option->has_value) {
    std::string given;
    if (!value(given)) return false;
    text += " " + given;
  }
  parts[option->place] = text;
  matches_.back().second = " -m recent";
  for (const std::string& each : parts) matches_.back().second += each;
  condition("-m recent", false, {}, false);
  return true;
}

/// An option of a match that is not looked into: with the words up to the next option.
bool IptablesRule::other_option(const std::string& name, bool negated) {
  if (matches_.empty()) return wrong(fmt::format("`{}` is not known", name));
  auto& [module, text] = matches_.back();
  if (name == "--comment") {
    std::string words;
    if (!value(words)) return false;
    text += " --comment " + quoted(words);
    return true;
  }
  std::string option = fmt::format(" {}{}", bang(negated), name);
  while (at_ < words_.size() && !words_[at_].starts_with('-') && words_[at_] != "!") {
    const std::string& word = words_[at_++];
    const bool bare = word.find_first_of(" \t\"'\\") == std::string::npos;
    option += " " + (bare ? word : quoted(word));
  }
  if (option != " --limit-burst 5") text += option;  // the default
  condition("-m " + module, false, {}, false);
  return true;
}

bool IptablesRule::module_option(const std::string& name, bool negated) {
  const auto is = [&](std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  if (is({"--dport", "--destination-port", "--sport", "--source-port", "--dports",
          "--destination-ports", "--sports", "--source-ports", "--ports"}))
    return ports(name, negated);
  if (is({"--ctstate", "--state"}) && !matches_.empty()) return states(name, negated);
  if (is({"--icmp-type", "--icmpv6-type"})) return icmp_type(name, negated);
  if (name == "--limit" && in_module("limit")) return limit();
  if (is({"--tcp-flags", "--syn"}) && proto_name_ == "tcp") return tcp_flags(name, negated);
  if (in_module("recent")) return recent(name, negated);
  return other_option(name, negated);
}

/// Those behind the name of the target. What accepts, drops, returns or jumps has none: what
/// follows there belongs to the matches.
bool IptablesRule::target_options() {
  const std::string_view verdict = rule_.verdict.word;
  if (is_one_of(target_name_, "ACCEPT DROP RETURN") || verdict == "jump" || verdict == "goto")
    return true;
  std::string rest;
  while (at_ < words_.size() && !is_one_of(words_[at_], kGeneric)) {
    const std::string& word = words_[at_++];
    const bool option = word.starts_with('-') && word.find(' ') == std::string::npos;
    rest += " " + (option ? word : quoted(word));
  }
  // What iptables-save(8) writes although it was not asked for, and the reverse.
  if (target_name_ == "REJECT" && rest.empty())
    rest =
        is_six_ ? " --reject-with icmp6-port-unreachable" : " --reject-with icmp-port-unreachable";
  target_ += rest;
  return true;
}

bool IptablesRule::target(bool jump) {
  if (!value(target_name_)) return false;
  target_ = fmt::format(" {} {}", jump ? "-j" : "-g", target_name_);
  const auto found = std::find_if(kFinal.begin(), kFinal.end(),
                                  [&](const auto& each) { return each.first == target_name_; });
  if (jump && found != kFinal.end())
    rule_.verdict.word = std::string(found->second);
  else if (!jump ||
           std::find(kContinuing.begin(), kContinuing.end(), target_name_) == kContinuing.end())
    rule_.verdict = {jump ? "jump" : "goto", target_name_};
  return target_options();
}

bool IptablesRule::option(std::string name, bool negated) {
  struct Long {
    std::string_view name, brief;
  };
  constexpr auto kLong = std::to_array<Long>({{"--source", "-s"},
                                              {"--src", "-s"},
                                              {"--destination", "-d"},
                                              {"--dst", "-d"},
                                              {"--in-interface", "-i"},
                                              {"--out-interface", "-o"},
                                              {"--protocol", "-p"},
                                              {"--proto", "-p"},
                                              {"--match", "-m"},
                                              {"--jump", "-j"},
                                              {"--goto", "-g"},
                                              {"--fragment", "-f"}});
  for (const Long& each : kLong)
    if (each.name == name) name = each.brief;
  if (name == "-s" || name == "-d") return addresses(name == "-s", negated);
  if (name == "-i" || name == "-o") return interface(name == "-i", negated);
  if (name == "-p") return protocol(negated);
  if (name == "-j" || name == "-g") return target(name == "-j");
  if (name == "-f") {
    proto_ += " " + bang(negated) + "-f";
    condition("fragment", negated, {}, false);
    return true;
  }
  if (name == "-m") {
    std::string module;
    if (!value(module)) return false;
    if (module == "icmpv6") module = "icmp6";
    match(module, true);
    return true;
  }
  if (name == "-c" || name == "--set-counters") {
    std::string number;
    return value(number) && value(number);
  }
  if (!name.starts_with("--")) return wrong(fmt::format("`{}` is not known", name));
  return module_option(name, negated);
}

Rule IptablesRule::assembled(const Address& source, const Address& destination) const {
  Rule made = rule_;
  std::string text;
  const std::string prefix = is_six_ ? "ip6 " : "ip ";
  for (const auto& [address, letter] : {std::pair(&source, 's'), std::pair(&destination, 'd')}) {
    if (address->text.empty()) continue;
    text += fmt::format(" {}-{} {}", bang(address->negated), letter, address->text);
    made.conditions.push_back(
        {fmt::format("{}{}addr", prefix, letter), address->negated, {address->plain}, true});
  }
  text += in_ + out_ + proto_;
  for (const auto& [module, match] : matches_) text += match;
  made.text = std::string(trim_left(text + target_));
  return made;
}

/// iptables(8): `-i` and `-o` are for the chains that a packet passes with such an interface.
std::string IptablesRule::misplaced(std::string_view table, std::string_view chain) const {
  if (!in_.empty() && (chain == "OUTPUT" || chain == "POSTROUTING"))
    return fmt::format("`-i` is not for {}", chain);
  if (!out_.empty() && (chain == "INPUT" || chain == "PREROUTING"))
    return fmt::format("`-o` is not for {}", chain);
  if (target_name_ == "REJECT" && table != "filter")
    return fmt::format("`REJECT` is not for the table {}", table);
  const auto is_negated = [](const Address& each) { return each.negated; };
  const bool any_negated = std::any_of(sources_.begin(), sources_.end(), is_negated) ||
                           std::any_of(destinations_.begin(), destinations_.end(), is_negated);
  if (any_negated && std::max(sources_.size(), destinations_.size()) > 1)
    return "`!` is not for lists of addresses";
  return {};
}

Result<std::vector<Rule>> IptablesRule::read(std::string_view table, std::string_view chain,
                                             const std::vector<std::string>& words) {
  words_ = words;
  bool negated = false;
  while (at_ < words_.size() && error_.empty()) {
    std::string word = words_[at_++];
    if (word == "!") {
      negated = true;
      continue;
    }
    if (const std::size_t equal = word.find('=');
        word.starts_with("--") && equal != std::string::npos) {
      words_.insert(words_.begin() + static_cast<std::ptrdiff_t>(at_), word.substr(equal + 1));
      word.resize(equal);
    }
    if (word.starts_with('-')) {
      option(std::move(word), std::exchange(negated, false));
    } else {
      wrong(fmt::format("`{}` is not expected", word));
    }
  }
  if (!error_.empty()) return fail(ErrorCode::invalid, error_);
  if (sources_.empty()) sources_.emplace_back();
  if (destinations_.empty()) destinations_.emplace_back();
  std::vector<Rule> rules;
  if (const std::string problem = misplaced(table, chain); !problem.empty())
    return fail(ErrorCode::invalid, problem);
  for (const Address& source : sources_)
    for (const Address& destination : destinations_)
      rules.push_back(assembled(source, destination));
  return rules;
}

}  // namespace plimsoll::firewall
