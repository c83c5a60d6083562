#include "plugins/os/firewall/nft_input.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scanner/base/text.h"

namespace plimsoll::firewall {
namespace {

// Variables may hold variables: the product must not grow beyond all bounds.
constexpr std::size_t kExpandedTokens = std::size_t{1} << 21;

constexpr auto kReserved = std::to_array<std::string_view>({
    "accept",     "add",     "ah",       "all",         "arp",      "auto-merge", "bridge",
    "cgroup",     "chain",   "comment",  "comp",        "constant", "continue",   "counter",
    "cpu",        "create",  "ct",       "day",         "dccp",     "define",     "delete",
    "describe",   "device",  "devices",  "dnat",        "drop",     "dst",        "dup",
    "dynamic",    "ecn",     "element",  "elements",    "esp",      "ether",      "exists",
    "expires",    "export",  "exthdr",   "fib",         "flags",    "flow",       "flowtable",
    "flush",      "frag",    "fwd",      "gc-interval", "get",      "goto",       "handle",
    "hbh",        "hook",    "hour",     "ibriport",    "ibrname",  "icmp",       "icmpv6",
    "igmp",       "iif",     "iifgroup", "iifname",     "iiftype",  "import",     "include",
    "index",      "inet",    "insert",   "interval",    "ip",       "ip6",        "ipsec",
    "jhash",      "jump",    "limit",    "list",        "log",      "map",        "mark",
    "masquerade", "meta",    "meter",    "mh",          "missing",  "monitor",    "netdev",
    "nftrace",    "notrack", "numgen",   "obriport",    "obrname",  "offload",    "oif",
    "oifgroup",   "oifname", "oiftype",  "osf",         "pkttype",  "policy",     "position",
    "priority",   "queue",   "quota",    "random",      "redefine", "redirect",   "reject",
    "rename",     "replace", "reset",    "return",      "rt",       "rt0",        "rt2",
    "rtclassid",  "rule",    "ruleset",  "sctp",        "secmark",  "set",        "size",
    "skgid",      "skuid",   "snat",     "socket",      "srh",      "symhash",    "synproxy",
    "table",      "tcp",     "th",       "time",        "timeout",  "tproxy",     "type",
    "typeof",     "udp",     "udplite",  "undefine",    "update",   "vlan",       "vmap",
});
static_assert(std::is_sorted(kReserved.begin(), kReserved.end()));

// Keywords that are values as well.
constexpr auto kValueWords = std::to_array<std::string_view>(
    {"ah",      "all",      "arp",    "comp", "day",  "dccp",   "dnat", "dst",     "ecn",
     "esp",     "ether",    "exists", "hour", "icmp", "icmpv6", "igmp", "ip",      "ip6",
     "missing", "redirect", "reset",  "sctp", "snat", "tcp",    "udp",  "udplite", "vlan"});
static_assert(std::is_sorted(kValueWords.begin(), kValueWords.end()));

template <class List>
bool holds(const List& list, std::string_view word) {
  return std::binary_search(list.begin(), list.end(), word);
}

}  // namespace

bool is_reserved(std::string_view word) { return holds(kReserved, word); }

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

bool NftInput::take(std::string_view word) {
  if (!peek().is(word)) return false;
  next();
  return true;
}

bool NftInput::expect(std::string_view word) {
  if (take(word)) return true;
  fail(fmt::format("`{}` is missing", word), peek());
  return false;
}

std::string NftInput::identifier() {
  const Token token = next();
  if (token.kind != Token::Kind::word || is_reserved(token.text)) {
    fail("a name is missing", token);
    return {};
  }
  return std::string(token.text);
}

void NftInput::skip_newline() {
  if (peek().kind == Token::Kind::newline) next();
}

bool NftInput::separator() {
  if (peek().is_separator()) {
    next();
    return true;
  }
  if (peek().kind == Token::Kind::end) return true;
  fail("a statement does not end here", peek());
  return false;
}

NftInput::Scope* NftInput::scope_of(std::string_view name) {
  for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope)
    if (scope->find(name) != scope->end()) return &*scope;
  return nullptr;
}

void NftInput::expand() {
  while (!failed() && peek().is("$")) {
    const Token at = next();
    const std::string name = identifier();
    if (failed()) return;
    const Scope* scope = scope_of(name);
    if (scope == nullptr) return fail(fmt::format("no variable is called `{}`", name), at);
    std::vector<Token> value = scope->find(name)->second;
    expanded_ += value.size() + 1;
    if (expanded_ > kExpandedTokens)
      return fail({ErrorCode::limit, "the variables amount to too much", lexer.origin(at)});
    for (Token& token : value) {  // what is wrong with it is wrong here
      token.file = at.file;
      token.line = at.line;
    }
    lexer.put_back(value);
  }
}

bool NftInput::initializer(std::vector<Token>& value) {
  std::size_t depth = 0;
  while (!failed()) {
    expand();
    if (failed()) return false;
    const Token& token = peek();
    if (token.kind == Token::Kind::end || token.kind == Token::Kind::junk) break;
    if (token.is_separator()) {
      if (depth == 0 || token.kind == Token::Kind::semicolon) break;
      if (value.back().kind == Token::Kind::newline) break;
      value.push_back(next());
      continue;
    }
    if (token.kind == Token::Kind::word && is_reserved(token.text) &&
        !holds(kValueWords, token.text))
      break;
    if (token.is("}") && depth == 0) break;
    if (token.is("{")) ++depth;
    if (token.is("}")) --depth;
    value.push_back(next());
  }
  if (!failed() && (depth > 0 || value.empty())) fail("a variable has no proper value", peek());
  return !failed();
}

void NftInput::define(bool again) {
  const Token at = peek();
  const std::string name = identifier();
  std::vector<Token> value;
  if (failed() || !expect("=") || !initializer(value)) return;
  if (!again && scope_of(name) != nullptr)
    return fail(fmt::format("`{}` is defined already", name), at);
  scopes_.back()[name] = std::move(value);
  separator();
}

void NftInput::undefine() {
  const Token at = peek();
  const std::string name = identifier();
  if (failed()) return;
  Scope* scope = scope_of(name);
  if (scope == nullptr) return fail(fmt::format("no variable is called `{}`", name), at);
  scope->erase(name);
  separator();
}

void NftInput::include() {
  const Token pattern = next();
  if (pattern.kind != Token::Kind::quoted) return fail("`include` wants a name in quotes", pattern);
  // Its end must not be looked at: the file stands behind it.
  const Token end = next();
  if (!end.is_separator()) return fail("`include` must end with its line", end);
  if (auto error = lexer.include(pattern.text, pattern, include_directories))
    fail(std::move(*error));
}

bool NftInput::common() {
  if (take("include"))
    include();
  else if (take("define"))
    define(false);
  else if (take("redefine"))
    define(true);
  else if (take("undefine"))
    undefine();
  else
    return false;
  return true;
}

void NftInput::fail(Error error) {
  if (!error_) error_ = std::move(error);
}

void NftInput::fail(std::string_view what, const Token& at) {
  const bool word = at.kind != Token::Kind::end && !at.is_separator();
  std::string text(what);
  if (word) text += fmt::format(" (at `{}`)", at.text.substr(0, 40));
  fail({ErrorCode::invalid, std::move(text), lexer.origin(at)});
}

void NftInput::unsupported(std::string_view what, const Token& at) {
  fail({ErrorCode::unsupported,
        fmt::format("`{}` is not understood: {}", at.text.substr(0, 40), what), lexer.origin(at)});
}

}  // namespace plimsoll::firewall
