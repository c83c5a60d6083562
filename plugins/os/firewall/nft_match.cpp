#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "plugins/os/firewall/nft_rule.h"
#include "scanner/base/text.h"

// What a rule asks of a packet; nft_rule.cpp has what it does with it.

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
std::string joined(const std::vector<Scalar>& parts, bool plain) {
  std::string text;
  for (const Scalar& part : parts) {
    if (!text.empty()) text += " . ";
    text += plain ? part.plain : part.text;
  }
  return text;
}

/// Flags of TCP in the order of their bits; empty when there is something else.
std::string flag_list(std::string_view text) {
  constexpr auto kFlags =
      std::to_array<std::string_view>({"fin", "syn", "rst", "psh", "ack", "urg", "ecn", "cwr"});
  const auto given = words(text, " \t&|(),");
  std::string result;
  std::size_t known = 0;
  for (const std::string_view flag : kFlags) {
    const auto count = static_cast<std::size_t>(std::count(given.begin(), given.end(), flag));
    if (count > 0) result += fmt::format("{}{}", result.empty() ? "" : ",", flag);
    known += count;
  }
  return known == given.size() ? result : "";
}

}  // namespace

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
  std::string text = selector.text + " set ";
  in_.expand();
  if (in_.peek().kind == Token::Kind::number) {
    const ValueKind kind = kind_of(selector.text);
    const auto number = value(kind == ValueKind::mark ? kind : ValueKind::text);
    add(number ? text + number->text : text);
    return true;
  }
  const std::size_t place = texts_.size();
  rest_of_rule("set");
  if (texts_.size() > place) texts_[place].insert(0, text);
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
  const std::string mask = mask_expression();
  const bool unequal = in_.peek().is("!=");
  const bool compared = unequal || in_.peek().is("==") || in_.peek().is("<") || in_.peek().is(">");
  const std::string sign(compared ? in_.next().text : "==");
  const std::string wanted = mask_expression();
  std::string text = fmt::format("{} {} {} {}", selector.text, mask, sign, wanted);
  if (selector.text == "tcp flags" && (unequal || sign == "==")) {
    const std::string of = flag_list(mask);
    const std::string set = flag_list(wanted);
    if (!of.empty() && !set.empty())
      text = fmt::format("tcp flags {}{} / {}", unequal ? "!= " : "", set, of);
  }
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
  const bool flags = selector.text == "tcp flags";
  std::string list = join(texts, condition.negated && values.size() > 1 ? " | " : ",");
  if (flags && !condition.negated && !flag_list(list).empty()) list = flag_list(list);
  text += list;
  if (in_.take("/")) {  // `tcp flags syn / syn,ack`: these of those
    condition.readable = false;
    const std::string of = mask_expression();
    text += " / " + (flags && !flag_list(of).empty() ? flag_list(of) : of);
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
