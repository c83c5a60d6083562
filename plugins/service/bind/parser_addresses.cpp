#include <fmt/format.h>

#include "plugins/service/bind/addresses.h"
#include "plugins/service/bind/parser.h"
#include "scanner/base/text.h"

namespace plimsoll::bind {
namespace {

constexpr std::size_t kDeepest = 100;

bool is_address(const Token& token, bool v4_prefix_too = false) {
  if (!token.is_text()) return false;
  return v4_address(token.text) || v6_address(token.text) ||
         (v4_prefix_too && v4_prefix(token.text));
}

}  // namespace

bool Parser::address_leaf(Type::Leaf leaf, Node& out) {
  using Leaf = Type::Leaf;
  switch (leaf) {
    case Leaf::prefix:
      return prefix(out);
    case Leaf::match:
      return match(out);
    case Leaf::address:
      return plain_address(true, true, false, out);
    case Leaf::address6:
      return plain_address(false, true, false, out);
    case Leaf::socket:
      return socket(true, true, false, false, out);
    case Leaf::socket_dscp:
      return socket(true, true, false, true, out);
    case Leaf::source4:
      return socket(true, false, true, true, out);
    case Leaf::source6:
      return socket(false, true, true, true, out);
    case Leaf::control_address:
      return socket(true, true, true, false, out);
    case Leaf::query_source4:
      return query_source(false, out);
    case Leaf::query_source6:
      return query_source(true, out);
    default:
      break;
  }
  // The name of a list or of a host, or an address with its port.
  if (!peek(Want::strings)) return false;
  if (is_address(lexer_.peek(Want::strings))) return socket(true, true, false, false, out);
  if (leaf == Leaf::remote) return string(out);
  static const Type port = [] {
    Type type;
    type.kind = Type::Kind::optional;
    type.word = "port";
    type.parts.emplace_back().leaf = Leaf::integer;
    return type;
  }();
  static const Type dscp = [] {
    Type type = port;
    type.word = "dscp";
    return type;
  }();
  out.kind = Node::Kind::group;
  out.parts.resize(3);
  return string(out.parts[0]) && value(port, out.parts[1]) && value(dscp, out.parts[2]);
}

/// parser.c, token_addr: `*` is the IPv4 wildcard where IPv4 is allowed.
bool Parser::plain_address(bool v4, bool v6, bool has_any, Node& out) {
  Token token;
  if (!take(Want::words, token)) return false;
  std::optional<Address> address;
  if (token.is_text()) {
    if (has_any && token.text == "*") {
      address = Address();
      address->is_v6 = !v4;
    }
    if (!address && v4) address = v4_address(token.text);
    if (!address && v6) address = v6_address(token.text);
  }
  if (!address) return refuse("an address is expected", token.place);
  out = Node(Node::Kind::address, token.place);
  out.text = address->text();
  return true;
}

bool Parser::port(bool has_any, std::uint64_t& out) {
  Token token;
  if (!take(Want::decimal, token)) return false;
  out = 0;
  if (has_any && token.is_text() && token.text == "*") return true;
  if (token.kind != Token::Kind::number || token.number > 65535)
    return refuse("a port is expected", token.place);
  out = token.number;
  return true;
}

bool Parser::dscp(std::string& out) {
  Node number;
  if (!integer(number)) return false;
  // -1, which it becomes, is none at all.
  if (number.number != UINT32_MAX) out = " dscp " + number.text;
  return true;
}

bool Parser::socket(bool v4, bool v6, bool has_any, bool has_dscp, Node& out) {
  if (!plain_address(v4, v6, has_any, out)) return false;
  std::string dscp_text;
  int ports = 0;
  int dscps = 0;
  while (next_is("port") || (has_dscp && next_is("dscp"))) {
    const bool is_port = next_is("port");
    lexer_.take(Want::words);
    if (is_port ? !port(has_any, out.number) : !dscp(dscp_text)) return false;
    if (++(is_port ? ports : dscps) > 1) return refuse("one port and one dscp at most");
  }
  if (out.number != 0) out.text += fmt::format(" port {}", out.number);
  out.text += dscp_text;
  return peek(Want::words);
}

/// namedconf.c, parse_querysource: keywords in any order, or an address as everywhere.
bool Parser::query_source(bool is_v6, Node& out) {
  Address address;
  address.is_v6 = is_v6;
  Node found(Node::Kind::address, out.place);
  found.text = address.text();
  std::string dscp_text;
  int addresses = 0;
  int ports = 0;
  int dscps = 0;
  std::uint64_t number = 0;
  for (;;) {
    if (!peek(Want::words)) return false;
    if (!lexer_.peek(Want::words).is_text()) break;
    if (next_is("address")) {
      lexer_.take(Want::words);
      if (!plain_address(!is_v6, is_v6, true, found)) return false;
      ++addresses;
    } else if (next_is("port")) {
      lexer_.take(Want::words);
      if (!port(true, number)) return false;
      ++ports;
    } else if (next_is("dscp")) {
      lexer_.take(Want::words);
      if (!dscp(dscp_text)) return false;
      ++dscps;
    } else if (addresses + ports + dscps == 0) {
      return socket(!is_v6, is_v6, true, true, out);
    } else {
      return refuse("`address` or `port` is expected");
    }
  }
  if (addresses > 1 || ports > 1 || addresses + ports == 0 || dscps > 1)
    return refuse("one address and one port are expected");
  out = std::move(found);
  out.number = number;
  out.text = fmt::format("address {} port {}{}", out.text, number, dscp_text);
  return true;
}

bool Parser::prefix(Node& out) {
  Token token;
  if (!take(Want::words, token)) return false;
  std::optional<Address> address;
  bool is_short = false;
  if (token.is_text()) {
    address = v4_address(token.text);
    if (!address && (address = v4_prefix(token.text))) is_short = true;
    if (!address) address = v6_address(token.text);
  }
  if (!address) return refuse("a network is expected", token.place);
  std::uint64_t length = address->bits();
  if (!peek(Want::words)) return false;
  if (lexer_.peek(Want::words).is('/')) {
    lexer_.take(Want::words);
    Token number;
    if (!take(Want::decimal, number)) return false;
    if (number.kind != Token::Kind::number || number.number > address->bits())
      return refuse("the length of a prefix is expected", number.place);
    length = number.number;
    if (!address->fits(static_cast<unsigned>(length)))
      return refuse(fmt::format("{}/{} has bits behind its length", address->text(), length),
                    token.place);
  } else if (is_short) {
    return refuse("an IPv4 address is not whole", token.place);
  }
  out = Node(Node::Kind::prefix, token.place);
  out.number = length;
  out.text = fmt::format("{}/{}", address->text(), length);
  return true;
}

/// An entry of an address match list.
bool Parser::match(Node& out) {
  if (!peek(Want::strings)) return false;
  const Token& next = lexer_.peek(Want::strings);
  if (next.is('{')) return list(Grammar::get().match_list().parts[0], out);
  if (next.is('!')) {
    out.kind = Node::Kind::negated;
    if (++depth_ > kDeepest)
      return refuse(fmt::format("lists more than {} deep", kDeepest), out.place, ErrorCode::limit);
    lexer_.take(Want::strings);
    const bool is_good = count(out.place) && match(out.parts.emplace_back());
    --depth_;
    return is_good;
  }
  if (!next.is_string()) return refuse("an entry of an address match list is expected", next.place);
  if (next.is_text() && iequals(next.text, "key")) {
    lexer_.take(Want::words);
    if (!string(out)) return false;
    out.word = "key";
    return true;
  }
  if (next.is_text() && iequals(next.text, "geoip")) return geoip(out);
  return is_address(next, true) ? prefix(out) : string(out);
}

/// `geoip db country country US`; the dump leaves the first word out.
bool Parser::geoip(Node& out) {
  lexer_.take(Want::words);
  Type type;
  type.kind = Type::Kind::choice;
  type.words = {"area",       "areacode",  "asnum",       "city",     "continent",
                "country",    "country3",  "countryname", "domain",   "isp",
                "metro",      "metrocode", "netspeed",    "org",      "postal",
                "postalcode", "region",    "regionname",  "timezone", "tz"};
  out.kind = Node::Kind::group;
  out.parts.resize(3);
  if (next_is("db")) {
    lexer_.take(Want::words);
    if (!string(out.parts[0])) return false;
    out.parts[0].word = "db";
  }
  return choice(type, out.parts[1]) && string(out.parts[2]);
}

}  // namespace plimsoll::bind
