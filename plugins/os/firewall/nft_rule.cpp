#include "plugins/os/firewall/nft_rule.h"

#include <fmt/format.h>

#include <algorithm>

#include "scanner/base/text.h"

namespace plimsoll::firewall {
namespace {

constexpr std::string_view kVerdicts = "accept drop return continue jump goto";
constexpr std::string_view kNat =
    "snat dnat masquerade redirect tproxy queue synproxy dup fwd flow meter";

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
  if (is_one_of(at.text, kVerdicts)) {
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
  if (word.kind != Token::Kind::word || !is_one_of(word.text, kVerdicts))
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
    if (depth == 0 && !text.empty() && is_one_of(token.text, kVerdicts)) break;
    if (token.kind == Token::Kind::newline) {
      in_.next();
      continue;
    }
    // `{ 1 : a, 2 : b }`, but `to 1.2.3.4:80`.
    const bool tight = token.is(",") || (depth == 0 && (token.is(":") || text.ends_with(':')));
    if (!text.empty() && !tight) text += ' ';
    text += spelled(in_.next());
  }
  if (depth > 0) in_.fail("`}` is missing", in_.peek());
  const bool final = word != "dup" && word != "flow" && word != "meter" && word != "set";
  if (final) rule_.verdict.word = word == "queue" || word == "synproxy" ? "queue" : "accept";
  add(std::move(text));
}

}  // namespace plimsoll::firewall
