#include "plugins/os/firewall/nft_rule.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scanner/base/text.h"

namespace plimsoll::firewall {
namespace {

constexpr std::size_t kNestedSets = 16;
constexpr std::size_t kElements = std::size_t{1} << 16;

struct Fields {
  std::string_view header;
  std::string_view fields;
};

// nft(8), "Payload expressions" and "Meta expressions".
constexpr auto kHeaders = std::to_array<Fields>({
    {"ip", "saddr daddr protocol version hdrlength dscp ecn length id frag-off ttl checksum"},
    {"ip6", "saddr daddr nexthdr version dscp ecn flowlabel length hoplimit"},
    {"tcp", "sport dport flags sequence ackseq doff reserved window checksum urgptr"},
    {"udp", "sport dport length checksum"},
    {"udplite", "sport dport checksum csumcov"},
    {"sctp", "sport dport vtag checksum"},
    {"dccp", "sport dport type"},
    {"th", "sport dport"},
    {"icmp", "type code checksum id sequence gateway mtu"},
    {"icmpv6", "type code checksum parameter-problem packet-too-big id sequence max-delay"},
    {"igmp", "type checksum mrt group"},
    {"ether", "saddr daddr type"},
    {"vlan", "id cfi dei pcp type"},
    {"arp", "htype ptype hlen plen operation"},
    {"ah", "nexthdr hdrlength reserved spi sequence"},
    {"esp", "spi sequence"},
    {"comp", "nexthdr flags cpi"},
    {"frag", "nexthdr reserved frag-off reserved2 more-fragments id"},
    {"hbh", "nexthdr hdrlength"},
    {"dst", "nexthdr hdrlength"},
    {"exthdr", "hbh frag rt dst mh"},
    {"socket", "transparent mark wildcard"},
    {"rt", "classid nexthop mtu ipsec"},
    {"meta",
     "length protocol priority mark iif iifname iiftype oif oifname oiftype skuid skgid nftrace "
     "rtclassid "
     "ibrname obrname pkttype cpu iifgroup oifgroup cgroup random ipsec nfproto l4proto secmark "
     "time day "
     "hour ibrpvid ibrvproto"},
});
constexpr std::string_view kUnqualified =
    "mark iif iifname iiftype oif oifname oiftype skuid skgid nftrace rtclassid ibrname obrname "
    "pkttype cpu "
    "iifgroup oifgroup cgroup";
// The listing leaves `meta` out before these.
constexpr std::string_view kBare = "iif oif iifname oifname iifgroup oifgroup";
constexpr std::string_view kConntrack =
    "state direction status mark expiration helper label l3proto saddr daddr protocol proto-src "
    "proto-dst "
    "bytes packets avgpkt zone id";
constexpr std::string_view kNat =
    "snat dnat masquerade redirect tproxy queue synproxy dup fwd flow meter";

bool is_one_of(std::string_view word, std::string_view list) {
  const auto all = words(list);
  return std::find(all.begin(), all.end(), word) != all.end();
}

std::string spelled(const Token& token) {
  return token.kind == Token::Kind::quoted ? fmt::format("\"{}\"", token.text)
                                           : std::string(token.text);
}

bool ends_rule(const Token& token) {
  return token.is_separator() || token.kind == Token::Kind::end || token.is("}");
}

std::string joined(const std::vector<Scalar>& parts, bool plain) {
  std::string text;
  for (const Scalar& part : parts) {
    if (!text.empty()) text += " . ";
    text += plain ? part.plain : part.text;
  }
  return text;
}

}  // namespace

/// A statement that is no comparison: the listing keeps what came before it.
void NftRuleReader::add(std::string text) {
  implied_network_.reset();
  implied_transport_.reset();
  texts_.push_back(std::move(text));
}

void NftRuleReader::add_condition(Condition condition, std::string text) {
  if (condition.key == "limit") {
    add(std::move(text));
  } else {
    drop_implied(condition.key);
    texts_.push_back(std::move(text));
    follow_value(condition);
  }
  rule_.conditions.push_back(std::move(condition));
}

/// The listing leaves out what a later selector asks for anyway: `meta nfproto ipv4 ip saddr ...`.
void NftRuleReader::drop_implied(std::string_view key) {
  const std::string_view header = key.substr(0, key.find(' '));
  const std::string_view network = header == "icmp" ? "ip" : header == "icmpv6" ? "ip6" : header;
  if (implied_network_ && implied_network_->second == network) {
    texts_[implied_network_->first].clear();
    implied_network_.reset();
  }
  if (implied_transport_ && implied_transport_->second == header) {
    texts_[implied_transport_->first].clear();
    implied_transport_.reset();
  }
}

Rule NftRuleReader::read(std::string_view family) {
  family_ = family;
  network_ = family == "ip" || family == "ip6" ? family : "";
  transport_.clear();
  implied_network_.reset();
  implied_transport_.reset();
  rule_ = {};
  texts_.clear();
  rule_.origin = in_.lexer.origin(in_.peek());
  if (ends_rule(in_.peek())) in_.fail("a rule is missing", in_.peek());
  while (!in_.failed() && !ends_rule(in_.peek())) {
    if (in_.peek().is("comment")) {
      comment();
      break;
    }
    statement();
  }
  std::erase_if(texts_, [](const std::string& text) { return text.empty(); });
  rule_.text = join(texts_, " ");
  return std::move(rule_);
}

void NftRuleReader::comment() {
  in_.next();
  const Token text = in_.next();
  if (text.kind != Token::Kind::quoted && text.kind != Token::Kind::word)
    return in_.fail("a comment is missing", text);
  add(fmt::format("comment \"{}\"", text.text));
}

void NftRuleReader::statement() {
  const Token at = in_.peek();
  if (at.kind != Token::Kind::word && !at.is("@")) return in_.fail("a statement is missing", at);
  if (!rule_.verdict.word.empty() && !rule_.verdict.word.starts_with("cont"))
    return in_.fail("a statement after the verdict has no effect", at);
  if (!simple_statement(at)) match();
}

bool NftRuleReader::simple_statement(const Token& at) {
  if (is_one_of(at.text, "accept drop return continue jump goto")) {
    verdict(rule_.verdict);
    const Verdict& found = rule_.verdict;
    add(found.target.empty() ? found.word : found.word + " " + found.target);
  } else if (at.is("counter")) {
    counter();
  } else if (at.is("log")) {
    log();
  } else if (at.is("limit")) {
    limit();
  } else if (at.is("reject")) {
    reject();
  } else if (at.is("notrack")) {
    in_.next();
    add("notrack");
  } else if (is_one_of(at.text, "add update delete")) {
    set_statement();
  } else if (is_one_of(at.text, kNat)) {
    rest_of_rule(at.text);
  } else {
    return false;
  }
  return true;
}

void NftRuleReader::verdict(Verdict& verdict) {
  const Token word = in_.next();
  if (word.kind != Token::Kind::word ||
      !is_one_of(word.text, "accept drop return continue jump goto"))
    return in_.fail("a verdict is missing", word);
  verdict.word = std::string(word.text);
  if (!word.is("jump") && !word.is("goto")) return;
  if (in_.peek().is("{")) return in_.unsupported("a chain without a name", word);
  in_.expand();
  verdict.target = in_.identifier();
}

void NftRuleReader::counter() {
  in_.next();
  if (in_.take("name")) {
    add("counter name " + spelled(in_.next()));
    return;
  }
  std::string packets = "0";
  std::string bytes = "0";
  while (in_.peek().is("packets") || in_.peek().is("bytes")) {
    std::string& which = in_.next().is("packets") ? packets : bytes;
    const Token number = in_.next();
    if (number.kind != Token::Kind::number) return in_.fail("a number is missing", number);
    which = std::string(number.text);
  }
  add(fmt::format("counter packets {} bytes {}", packets, bytes));
}

void NftRuleReader::log_flags(std::string& flags) {
  const Token what = in_.next();
  std::string text(what.text);
  if (what.is("tcp")) {
    text += ' ';
    do {
      if (text.back() != ' ') text += ',';
      const Token option = in_.next();
      if (!option.is("sequence") && !option.is("options"))
        return in_.fail("`sequence` or `options` is missing", option);
      text += option.text;
    } while (in_.take(","));
  } else if (what.is("ip")) {
    if (!in_.expect("options")) return;
    text += " options";
  } else if (!is_one_of(what.text, "skuid ether all")) {
    return in_.fail("no such thing can be logged", what);
  }
  flags += " flags " + text;
}

void NftRuleReader::log() {
  const Token at = in_.next();
  std::string prefix, numbers, level, flags;
  bool group = false;
  while (!in_.failed()) {
    const Token& option = in_.peek();
    if (option.is("prefix")) {
      in_.next();
      const Token text = in_.next();
      if (text.text.find('$') != std::string_view::npos)
        return in_.unsupported("a variable inside a text", text);
      prefix = fmt::format(" prefix \"{}\"", text.text);
    } else if (is_one_of(option.text, "group snaplen queue-threshold")) {
      const Token name = in_.next();
      group = true;
      numbers += fmt::format(" {} {}", name.text, in_.next().text);
    } else if (option.is("level")) {
      in_.next();
      const std::string name(in_.next().text);
      if (!is_one_of(name, "emerg alert crit err warn notice info debug audit"))
        return in_.fail("no such level", at);
      level = name == "warn" ? " " : " level " + name;
    } else if (option.is("flags")) {
      in_.next();
      log_flags(flags);
    } else {
      break;
    }
  }
  if (group && !level.empty()) return in_.fail("`level` and `group` exclude one another", at);
  add("log" + prefix + numbers + (level == " " ? "" : level) + flags);
}

void NftRuleReader::limit() {
  in_.next();
  Condition condition{"limit", false, {}, false};
  if (in_.take("name")) return add_condition(condition, "limit name " + spelled(in_.next()));
  if (!in_.expect("rate")) return;
  std::string text = "limit rate ";
  if (in_.take("over")) text += "over ";
  const Token number = in_.next();
  if (number.kind != Token::Kind::number) return in_.fail("a rate is missing", number);
  text += number.text;
  // `10/second`, or `1 mbytes/second`, which is one word for the scanner.
  if (in_.peek().kind == Token::Kind::word) text += fmt::format(" {}", in_.next().text);
  if (in_.take("/")) text += fmt::format("/{}", in_.next().text);
  if (in_.take("burst")) {
    const Token burst = in_.next();
    const Token unit = in_.next();
    if (burst.kind != Token::Kind::number || unit.kind != Token::Kind::word)
      return in_.fail("a burst is missing", burst);
    if (!(unit.is("packets") && burst.text == "5"))
      text += fmt::format(" burst {} {}", burst.text, unit.text);
  }
  add_condition(condition, text);
}

void NftRuleReader::reject() {
  in_.next();
  rule_.verdict.word = "reject";
  if (!in_.take("with")) {
    // Of a table of several families the listing says what the rule's own family makes of it.
    const bool four = network_ == "ip" || transport_ == "icmp";
    const bool known = family_ == "inet" && (four || network_ == "ip6" || transport_ == "icmpv6");
    return add(!known ? "reject"
                      : fmt::format("reject with {} port-unreachable", four ? "icmp" : "icmpv6"));
  }
  const Token how = in_.next();
  if (how.is("tcp")) {
    if (!in_.expect("reset")) return;
    const bool known =
        std::any_of(rule_.conditions.begin(), rule_.conditions.end(), [](const auto& c) {
          return c.key.starts_with("tcp ") || c.key == "ip protocol" || c.key == "ip6 nexthdr" ||
                 c.key == "meta l4proto";
        });
    if (!known) add_condition({"meta l4proto", false, {"tcp"}, true}, "meta l4proto tcp");
    return add("reject with tcp reset");
  }
  if (!is_one_of(how.text, "icmp icmpv6 icmpx")) return in_.fail("no such answer", how);
  if (how.is("icmpx") && family_ != "inet" && family_ != "bridge")
    return in_.fail("`icmpx` is for tables of several families", how);
  in_.take("type");
  const std::string code(in_.next().text);
  const bool usual = code == "port-unreachable" && how.text == (family_ == "ip"    ? "icmp"
                                                                : family_ == "ip6" ? "icmpv6"
                                                                                   : "icmpx");
  add(usual ? "reject" : fmt::format("reject with {} {}", how.text, code));
}

/// `add @set { ip saddr timeout 1m }`: no condition, as far as files tell.
void NftRuleReader::set_statement() {
  std::string text(in_.next().text);
  if (!in_.expect("@")) return;
  text += " @" + std::string(in_.next().text) + " ";
  if (!in_.expect("{")) return;
  text += "{";
  while (!in_.failed() && !in_.peek().is("}")) {
    in_.expand();
    if (in_.peek().kind == Token::Kind::end || in_.peek().is_separator())
      return in_.fail("`}` is missing", in_.peek());
    text += " " + spelled(in_.next());
  }
  in_.next();
  add(text + " }");
}

/// Statements that end what is asked of a packet (address translation and the like): as written.
void NftRuleReader::rest_of_rule(std::string_view word) {
  std::string text;
  std::size_t depth = 0;
  while (!in_.failed()) {
    in_.expand();
    const Token& token = in_.peek();
    if (token.kind == Token::Kind::end || token.kind == Token::Kind::semicolon) break;
    if (depth == 0 && (ends_rule(token) || (token.is("comment") && !text.empty()))) break;
    if (token.is("{")) ++depth;
    if (token.is("}")) --depth;
    const bool tight = token.is(":") || token.is(",") || text.ends_with(':') || text.ends_with(',');
    if (token.kind == Token::Kind::newline) {
      in_.next();
      continue;
    }
    if (!text.empty() && !tight) text += ' ';
    text += spelled(in_.next());
  }
  if (depth > 0) in_.fail("`}` is missing", in_.peek());
  const bool final = word != "dup" && word != "flow" && word != "meter";
  if (final) rule_.verdict.word = word == "queue" || word == "synproxy" ? "queue" : "accept";
  add(std::move(text));
}

// ---- what is asked of a packet

std::string NftRuleReader::ct_selector() {
  std::string text = "ct";
  if (in_.peek().is("original") || in_.peek().is("reply"))
    text += fmt::format(" {}", in_.next().text);
  if (in_.peek().is("ip") || in_.peek().is("ip6")) text += fmt::format(" {}", in_.next().text);
  const Token key = in_.next();
  if (key.is("count")) {
    text += " count ";
    if (in_.take("over")) text += "over ";
    const Token number = in_.next();
    if (number.kind != Token::Kind::number) in_.fail("a number is missing", number);
    add_condition({"limit", false, {}, false}, text + std::string(number.text));
    return {};
  }
  if (!is_one_of(key.text, kConntrack)) in_.unsupported("of `ct`", key);
  return fmt::format("{} {}", text, key.text);
}

std::string NftRuleReader::fib_selector() {
  std::string text = "fib ";
  do {
    const Token part = in_.next();
    if (!is_one_of(part.text, "saddr daddr mark iif oif")) in_.fail("of `fib`", part);
    if (!text.ends_with(' ')) text += " . ";
    text += part.text;
  } while (!in_.failed() && in_.take("."));
  const Token result = in_.next();
  if (!is_one_of(result.text, "type oif oifname check")) in_.fail("of `fib`", result);
  return fmt::format("{} {}", text, result.text);
}

/// `@th,16,16`
std::string NftRuleReader::raw_selector() {
  std::string text = "@";
  text += in_.next().text;
  for (int i = 0; i < 2 && in_.expect(","); ++i) text += fmt::format(",{}", in_.next().text);
  return text;
}

/// A packet is of one protocol at a time: `tcp dport 1 udp sport 2` is refused.
void NftRuleReader::follow_header(const Token& header) {
  if (header.is("ip") || header.is("ip6")) {
    if (!network_.empty() && !header.is(network_))
      return in_.fail("it contradicts the protocol that came before", header);
    network_ = std::string(header.text);
  }
  if (!is_one_of(header.text, "tcp udp udplite sctp dccp icmp icmpv6 igmp ah esp comp")) return;
  if (!transport_.empty() && transport_ != header.text)
    return in_.fail("it contradicts the protocol that came before", header);
  transport_ = std::string(header.text);
}

/// `ip protocol tcp` says what the next selectors may be about.
void NftRuleReader::follow_value(const Condition& condition) {
  const bool network = condition.key == "meta nfproto";
  const bool transport = condition.key == "ip protocol" || condition.key == "ip6 nexthdr" ||
                         condition.key == "meta l4proto";
  if (condition.negated || !condition.readable || condition.values.empty() ||
      !(network || transport))
    return;
  const std::string& value = condition.values[0];
  const std::size_t index = texts_.size() - 1;
  if (condition.values.size() > 1) {
    if (transport) transport_ = "several";
  } else if (network) {
    network_ = value == "ipv4" ? "ip" : "ip6";
    implied_network_.emplace(index, network_);
  } else {
    transport_ = value == "ipv6-icmp" ? "icmpv6" : value;
    // In a table of several families `ip protocol` says more than the transport protocol.
    if (condition.key == "meta l4proto" || family_ != "inet")
      implied_transport_.emplace(index, transport_);
  }
}

std::string NftRuleReader::selector_part() {
  const Token first = in_.next();
  if (first.is("@")) return raw_selector();
  if (first.is("ct")) return ct_selector();
  if (first.is("fib")) return fib_selector();
  if (is_one_of(first.text, kUnqualified))
    return is_one_of(first.text, kBare) ? std::string(first.text)
                                        : fmt::format("meta {}", first.text);
  const auto header = std::find_if(kHeaders.begin(), kHeaders.end(),
                                   [&](const Fields& each) { return each.header == first.text; });
  follow_header(first);
  if (header == kHeaders.end()) {
    in_.unsupported("no statement or selector that is known begins so", first);
    return {};
  }
  const Token field = in_.next();
  if (first.is("tcp") && field.is("option")) {
    const Token option = in_.next();
    return fmt::format("tcp option {} {}", option.text, in_.next().text);
  }
  if (!is_one_of(field.text, header->fields)) in_.unsupported("no such field is known", field);
  if (first.is("meta") && is_one_of(field.text, kBare)) return std::string(field.text);
  if (first.is("meta") && field.is("nfproto") && family_ != "inet" && family_ != "bridge")
    in_.fail("a table of one family knows no other", field);
  if (first.is("th") && !transport_.empty() && transport_ != "several")
    return fmt::format("{} {}", transport_, field.text);
  return fmt::format("{} {}", first.text, field.text);
}

NftRuleReader::Selector NftRuleReader::selector() {
  Selector found;
  do {
    found.parts.push_back(selector_part());
    found.text += (found.text.empty() ? "" : " . ") + found.parts.back();
  } while (!in_.failed() && in_.take("."));
  return found;
}

void NftRuleReader::match() {
  const Selector what = selector();
  if (in_.failed() || what.text.empty()) return;
  if (assignment(what)) return;
  const Token& next = in_.peek();
  if (next.is("vmap"))
    verdict_map(what);
  else if (next.is("&") || next.is("|") || next.is("^") || next.is("<<") || next.is(">>"))
    masked(what);
  else
    compare(what);
}

/// `meta mark set 1`: changes the packet, asks nothing.
bool NftRuleReader::assignment(const Selector& selector) {
  if (!in_.take("set")) return false;
  std::string text = selector.text + " set";
  in_.expand();
  if (const ValueKind kind = kind_of(selector.text); in_.peek().kind == Token::Kind::number) {
    const auto number = value(kind == ValueKind::mark ? kind : ValueKind::text);
    if (number) text += " " + number->text;
  } else if (!in_.failed()) {
    text += " " + spelled(in_.next());
  }
  if (in_.peek().is("map")) {
    in_.unsupported("a value from a map", in_.peek());
    return true;
  }
  while (!in_.failed() && is_one_of(in_.peek().text, "| & ^ << >> / : ,")) {
    text += " " + spelled(in_.next());
    text += " " + spelled(in_.next());
  }
  add(std::move(text));
  return true;
}

std::string NftRuleReader::mask_expression() {
  std::string text;
  std::size_t depth = 0;
  while (!in_.failed()) {
    in_.expand();
    const Token& token = in_.peek();
    if (token.is("(")) ++depth;
    if (token.is(")") && depth-- == 0) break;
    const bool operand = token.is("(") || token.is(")") || token.is("|") || token.is("&") ||
                         token.is("^") || token.is("<<") || token.is(">>") || token.is(",");
    const bool after_value = !text.empty() && text.find_last_of("( ,") != text.size() - 1;
    if (!operand &&
        (after_value || (token.kind != Token::Kind::word && token.kind != Token::Kind::number)))
      break;
    if (token.is("|") || token.is("&") || token.is("^") || token.is("<<") || token.is(">>"))
      text += fmt::format(" {} ", in_.next().text);
    else
      text += in_.next().text;
  }
  if (text.empty() || depth > 0) in_.fail("an expression is not complete", in_.peek());
  return text;
}

/// `tcp flags & (syn | ack) == syn`: only a packet tells.
void NftRuleReader::masked(const Selector& selector) {
  std::string text = selector.text + " " + mask_expression();
  const bool unequal = in_.peek().is("!=");
  std::string sign(unequal || in_.peek().is("==") || in_.peek().is("<") || in_.peek().is(">")
                       ? in_.next().text
                       : "==");
  text += " " + sign + " " + mask_expression();
  add_condition({selector.text, unequal, {}, false}, std::move(text));
}

void NftRuleReader::compare(const Selector& selector) {
  Condition condition{selector.text, false, {}, true};
  std::string sign;
  for (const std::string_view each : {"==", "!=", "<=", ">=", "<", ">", "!"}) {
    if (!in_.take(each)) continue;
    sign = each;
    break;
  }
  condition.negated = sign == "!=" || sign == "!";
  condition.readable = sign.empty() || sign == "==" || condition.negated;
  right_side(selector, condition, sign == "==" ? "" : sign);
}

std::optional<Scalar> NftRuleReader::value(ValueKind kind) {
  in_.expand();
  const Token token = in_.next();
  const bool usable = token.kind == Token::Kind::word || token.kind == Token::Kind::number ||
                      token.kind == Token::Kind::quoted || token.kind == Token::Kind::wildcard;
  if (!usable) {
    in_.fail("a value is missing", token);
    return {};
  }
  const auto found = scalar(kind, token, services_);
  if (!found) in_.unsupported("no such value is known here", token);
  return found;
}

NftRuleReader::Element NftRuleReader::element(const Selector& selector) {
  Element found;
  for (std::size_t i = 0; i < selector.parts.size() && !in_.failed(); ++i) {
    if (i > 0 && !in_.expect(".")) break;
    const ValueKind kind = kind_of(selector.parts[i]);
    auto first = value(kind);
    if (!first) break;
    const bool address = kind == ValueKind::address4 || kind == ValueKind::address6;
    if (address && in_.take("/")) {
      const Token length = in_.next();
      first = with_prefix(*first, length.text);
      if (!first) in_.unsupported("no such prefix", length);
    } else if (in_.take("-")) {
      const auto last = value(kind);
      if (last) first = between(*first, *last);
      if (!first) in_.fail("a range goes backwards", in_.peek());
    }
    if (first) found.parts.push_back(std::move(*first));
  }
  return found;
}

void NftRuleReader::set_elements(const Selector& selector, std::vector<Element>& elements,
                                 std::size_t depth) {
  if (depth > kNestedSets) return in_.fail("sets are nested too deeply", in_.peek());
  if (!in_.expect("{")) return;
  std::size_t count = 0;
  while (!in_.failed()) {
    in_.skip_newline();
    in_.expand();
    if (in_.peek().is("}") && count > 0) break;
    if (in_.peek().is("{"))
      set_elements(selector, elements, depth + 1);
    else
      elements.push_back(element(selector));
    if (elements.size() > kElements)
      return in_.fail({ErrorCode::limit, fmt::format("a set has more than {} elements", kElements),
                       in_.lexer.origin(in_.peek())});
    ++count;
    in_.skip_newline();
    if (!in_.take(",")) break;
  }
  in_.expect("}");
}

std::string NftRuleReader::set_text(std::vector<Element> elements, Condition& condition) {
  if (elements.empty() || elements.front().parts.empty()) return "{ }";
  std::vector<std::string> texts;
  const bool alone = elements.size() == 1;
  if (elements.front().parts.size() == 1) {
    std::vector<Scalar> scalars;
    for (Element& each : elements)
      if (!each.parts.empty()) scalars.push_back(std::move(each.parts[0]));
    scalars = arranged(std::move(scalars));
    for (const Scalar& each : scalars) {
      texts.push_back(each.text);
      condition.values.push_back(each.plain);
    }
  } else {
    for (const Element& each : elements) {
      texts.push_back(joined(each.parts, false));
      condition.values.push_back(joined(each.parts, true));
    }
  }
  // One value alone is compared, not looked up.
  if (alone) return texts[0];
  return "{ " + join(texts, ", ") + " }";
}

void NftRuleReader::right_side(const Selector& selector, Condition& condition,
                               std::string_view sign) {
  std::string text = selector.text + (sign.empty() ? "" : fmt::format(" {}", sign)) + " ";
  in_.expand();
  if (in_.peek().is("{")) {
    std::vector<Element> elements;
    set_elements(selector, elements, 0);
    if (in_.failed()) return;
    text += set_text(std::move(elements), condition);
    return add_condition(condition, std::move(text));
  }
  if (in_.take("@")) {
    const std::string name = "@" + in_.identifier();
    condition.values.push_back(name);
    return add_condition(condition, text + name);
  }
  std::vector<Scalar> values;
  do {
    Element each = element(selector);
    if (in_.failed() || each.parts.empty()) return;
    if (each.parts.size() > 1) {
      condition.values.push_back(joined(each.parts, true));
      return add_condition(condition, text + joined(each.parts, false));
    }
    values.push_back(std::move(each.parts[0]));
  } while (in_.take(",") || in_.take("|"));
  if (values.size() > 1 && in_.peek().is("/")) condition.readable = false;
  if (values.size() > 1) values = arranged(std::move(values));
  std::vector<std::string> texts;
  for (const Scalar& each : values) {
    texts.push_back(each.text);
    condition.values.push_back(each.plain);
  }
  text += join(texts, condition.negated && values.size() > 1 ? " | " : ",");
  if (in_.take("/")) {  // `tcp flags syn / syn,ack`: these of those
    condition.readable = false;
    text += " / " + mask_expression();
  }
  add_condition(condition, std::move(text));
}

void NftRuleReader::verdict_map(const Selector& selector) {
  in_.next();
  in_.expand();
  if (in_.take("@")) {
    const std::string name = "@" + in_.identifier();
    rule_.map.push_back({{selector.text, false, {name}, false}, {"queue", ""}});
    return add(fmt::format("{} vmap {}", selector.text, name));
  }
  if (!in_.expect("{")) return;
  struct Entry {
    Element key;
    Verdict verdict;
  };
  std::vector<Entry> entries;
  while (!in_.failed()) {
    in_.skip_newline();
    if (in_.peek().is("}") && !entries.empty()) break;
    Entry entry;
    entry.key = element(selector);
    if (in_.failed() || !in_.expect(":")) return;
    verdict(entry.verdict);
    if (!in_.failed()) entries.push_back(std::move(entry));
    in_.skip_newline();
    if (!in_.take(",")) break;
  }
  if (in_.failed() || !in_.expect("}")) return;
  if (entries.size() > kElements) return in_.fail("a map is too large", in_.peek());
  if (selector.parts.size() == 1)
    std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
      const Scalar& one = a.key.parts[0];
      const Scalar& other = b.key.parts[0];
      if (one.numeric && other.numeric) return one.first < other.first;
      return !one.numeric && one.kind == ValueKind::interface &&
             (one.plain.size() != other.plain.size()
                  ? one.plain.size() < other.plain.size()
                  : std::lexicographical_compare(one.plain.rbegin(), one.plain.rend(),
                                                 other.plain.rbegin(), other.plain.rend()));
    });
  std::vector<std::string> texts;
  for (Entry& each : entries) {
    const Verdict& result = each.verdict;
    texts.push_back(fmt::format("{} : {}{}{}", joined(each.key.parts, false), result.word,
                                result.target.empty() ? "" : " ", result.target));
    rule_.map.push_back({{selector.text, false, {joined(each.key.parts, true)}, true}, result});
  }
  add(fmt::format("{} vmap {{ {} }}", selector.text, join(texts, ", ")));
}

}  // namespace plimsoll::firewall
