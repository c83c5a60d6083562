#include <fmt/format.h>

#include "plugins/service/bind/addresses.h"
#include "plugins/service/bind/parser.h"
#include "plugins/service/bind/values.h"
#include "scanner/base/text.h"

namespace plimsoll::bind {
namespace {

constexpr std::uint64_t kHighestPort = 65535;

Node text_node(std::string text, Place place) {
  Node out(Node::Kind::text, place);
  out.text = std::move(text);
  return out;
}

}  // namespace

bool Parser::leaf(Type::Leaf leaf, Node& out) {
  using Leaf = Type::Leaf;
  switch (leaf) {
    case Leaf::nothing:
      return true;
    case Leaf::integer:
    case Leaf::maybe_integer:
    case Leaf::boolean:
    case Leaf::time:
    case Leaf::time_or_unlimited:
    case Leaf::size:
    case Leaf::size_or_percent:
    case Leaf::percent:
    case Leaf::fixed:
    case Leaf::auto_or_boolean:
      return number_leaf(leaf, out);
    case Leaf::prefix:
    case Leaf::address:
    case Leaf::address6:
    case Leaf::socket:
    case Leaf::socket_dscp:
    case Leaf::source4:
    case Leaf::source6:
    case Leaf::control_address:
    case Leaf::query_source4:
    case Leaf::query_source6:
    case Leaf::match:
    case Leaf::remote:
    case Leaf::name_port:
      return address_leaf(leaf, out);
    case Leaf::port_range:
      return port_range(out);
    case Leaf::severity:
      return severity(out);
    case Leaf::log_file:
      return log_file(out);
    case Leaf::dnstap_output:
      return dnstap_output(out);
    case Leaf::update_policy:
      return update_policy(out);
    case Leaf::policy_name:
      return policy_name(out);
    case Leaf::one_key:
      return one_key(out);
    default:
      return text_leaf(leaf, out);
  }
}

bool Parser::word(Node& out) {
  Token token;
  if (!take(Want::words, token)) return false;
  if (!token.is_text()) return refuse("a word without quotes is expected", token.place);
  out = text_node(std::move(token.text), token.place);
  return true;
}

bool Parser::string(Node& out) {
  Token token;
  if (!take(Want::strings, token)) return false;
  if (!token.is_string()) return refuse("a text is expected", token.place);
  const bool is_quoted = token.kind == Token::Kind::quoted;
  out = text_node(std::move(token.text), token.place);
  out.is_quoted = is_quoted;
  return true;
}

bool Parser::text_leaf(Type::Leaf leaf, Node& out) {
  using Leaf = Type::Leaf;
  if (leaf == Leaf::word) return word(out);
  if (leaf == Leaf::text) return string(out);
  if (leaf == Leaf::braces || leaf == Leaf::maybe_braces) {
    if (!peek(Want::braces)) return false;
    if (lexer_.peek(Want::braces).kind != Token::Kind::braces)
      return leaf == Leaf::maybe_braces || refuse("a text in braces is expected");
    const Token token = lexer_.take(Want::braces);
    out = text_node(join(words("{ " + token.text + " }"), " "), token.place);
    return true;
  }
  if (!peek(Want::strings)) return false;
  const Token& next = lexer_.peek(Want::strings);
  if (leaf == Leaf::class_name) return next.is_text() ? word(out) : true;
  if (leaf == Leaf::maybe_text) return next.is_string() ? string(out) : true;
  const bool may_be_none = leaf == Leaf::quoted_or_none || leaf == Leaf::server_id;
  const bool is_none = may_be_none && next.is_text() && iequals(next.text, "none");
  const bool is_host = leaf == Leaf::server_id && next.is_text() && iequals(next.text, "hostname");
  if (is_none || is_host) {
    out = text_node(is_none ? "none" : "hostname", next.place);
    lexer_.take(Want::strings);
    return true;
  }
  if (next.kind != Token::Kind::quoted) return refuse("a text in quotes is expected", next.place);
  return string(out);
}

bool Parser::integer(Node& out) {
  Token token;
  if (!take(Want::number, token)) return false;
  if (token.kind != Token::Kind::number) return refuse("a number is expected", token.place);
  out = Node(Node::Kind::number, token.place);
  out.number = token.number;
  out.text = std::to_string(token.number);
  return true;
}

bool Parser::number_leaf(Type::Leaf leaf, Node& out) {
  using Leaf = Type::Leaf;
  if (leaf == Leaf::integer) return integer(out);
  if (leaf == Leaf::maybe_integer) {
    if (!peek(Want::number)) return false;
    return lexer_.peek(Want::number).kind == Token::Kind::number ? integer(out) : true;
  }
  Token token;
  if (!take(Want::words, token)) return false;
  if (!token.is_text()) return refuse("a value is expected", token.place);
  const auto put = [&](Node::Kind kind, std::uint64_t number, std::string text) {
    out = Node(kind, token.place);
    out.number = number;
    out.text = std::move(text);
    return true;
  };
  const auto put_number = [&](std::uint64_t number, std::string_view unit = "") {
    return put(Node::Kind::number, number, fmt::format("{}{}", number, unit));
  };
  switch (leaf) {
    case Leaf::boolean:
    case Leaf::auto_or_boolean:
      if (leaf == Leaf::auto_or_boolean && iequals(token.text, "auto"))
        return put(Node::Kind::text, 0, "auto");
      if (const auto value = boolean_of(token.text))
        return put(Node::Kind::boolean, *value ? 1 : 0, *value ? "yes" : "no");
      return refuse("yes or no is expected", token.place);
    case Leaf::time:
    case Leaf::time_or_unlimited:
      if (leaf == Leaf::time_or_unlimited && token.text == "unlimited")
        return put(Node::Kind::text, 0, token.text);
      if (const auto value = seconds_of(token.text)) return put_number(*value);
      return refuse("a duration is expected", token.place);
    case Leaf::fixed:
      if (auto value = fixed_of(token.text)) return put(Node::Kind::text, 0, std::move(*value));
      return refuse("a number with two decimals at most is expected", token.place);
    default:
      break;
  }
  if (leaf != Leaf::size)
    if (const auto value = percent_of(token.text)) return put_number(*value, "%");
  if (leaf != Leaf::percent)
    if (const auto value = size_of(token.text)) return put_number(*value);
  return refuse("a size or percentage is expected", token.place);
}

bool Parser::port_range(Node& out) {
  if (!peek(Want::number)) return false;
  const bool is_range = lexer_.peek(Want::number).kind != Token::Kind::number;
  Token token;
  if (is_range) {
    if (!take(Want::words, token)) return false;
    if (!token.is_text() || !iequals(token.text, "range"))
      return refuse("a port or `range` is expected", token.place);
  }
  Node low;
  Node high;
  if (!integer(low) || (is_range && !integer(high))) return false;
  if (low.number > kHighestPort || high.number > kHighestPort)
    return refuse("a port is 65535 at most", low.place);
  if (is_range && low.number > high.number)
    return refuse("the first port of a range is the lower one", low.place);
  out = std::move(low);
  if (is_range) out.text = fmt::format("range {} {}", out.number, high.number);
  return true;
}

/// `debug` without a level is `debug 1`.
bool Parser::severity(Node& out) {
  Type levels;
  levels.kind = Type::Kind::choice;
  levels.words = {"critical", "error", "warning", "notice", "info", "dynamic"};
  if (!next_is("debug")) return choice(levels, out);
  const Token token = lexer_.take(Want::words);
  out = Node(Node::Kind::number, token.place);
  out.number = 1;
  if (!peek(Want::decimal)) return false;
  if (lexer_.peek(Want::decimal).kind == Token::Kind::number && !integer(out)) return false;
  out.text = std::to_string(out.number);
  out.word = "debug";
  return true;
}

namespace {

/// What may follow the name of a file, in the order in which it is printed.
const Type& file_options(bool is_log) {
  const auto option = [](std::string_view word, std::vector<std::string_view> words,
                         Type::Leaf leaf) {
    Type out;
    out.kind = Type::Kind::keyword;
    out.word = word;
    Type& inner = out.parts.emplace_back();
    inner.kind = leaf == Type::Leaf::nothing ? Type::Kind::choice : Type::Kind::either;
    inner.words = std::move(words);
    if (inner.kind == Type::Kind::either) inner.parts.emplace_back().leaf = leaf;
    return out;
  };
  const auto make = [&](bool of_log) {
    Type out;
    out.kind = Type::Kind::any_order;
    Type versions = option("versions", {"unlimited"}, Type::Leaf::integer);
    std::vector<std::string_view> words = {"unlimited"};
    if (of_log) words.insert(words.begin(), "default");
    Type size = option("size", std::move(words), Type::Leaf::size);
    out.parts.push_back(of_log ? versions : size);
    out.parts.push_back(of_log ? size : versions);
    out.parts.push_back(option("suffix", {"increment", "timestamp"}, Type::Leaf::nothing));
    return out;
  };
  static const Type log = make(true);
  static const Type tap = make(false);
  return is_log ? log : tap;
}

}  // namespace

/// namedconf.c, parse_logfile: a word that it does not know ends the options, and is passed over.
bool Parser::log_file(Node& out) {
  const Type& options = file_options(true);
  out.kind = Node::Kind::group;
  out.parts.resize(1 + options.parts.size());
  Token token;
  if (!text_leaf(Type::Leaf::quoted, out.parts[0])) return false;
  for (;;) {
    if (!peek(Want::words)) return false;
    if (!lexer_.peek(Want::words).is_text()) return true;
    std::size_t at = 0;
    while (at < options.parts.size() &&
           (out.parts[at + 1].is_there() || !next_is(options.parts[at].word)))
      ++at;
    if (at == options.parts.size()) return take(Want::words, token);
    if (!option(options.parts[at].word, options.parts[at].parts[0], out.parts[at + 1]))
      return false;
  }
}

bool Parser::dnstap_output(Node& out) {
  out.kind = Node::Kind::group;
  out.parts.resize(3);
  Type modes;
  modes.kind = Type::Kind::choice;
  modes.words = {"file", "unix"};
  return choice(modes, out.parts[0]) && text_leaf(Type::Leaf::quoted, out.parts[1]) &&
         any_order(file_options(false), out.parts[2]);
}

bool Parser::update_policy(Node& out) {
  if (!peek(Want::words)) return false;
  if (next_is("local")) {
    out = text_node("local", lexer_.take(Want::words).place);
    return true;
  }
  if (!lexer_.peek(Want::words).is('{')) return refuse("`local` or grants in braces are expected");
  out.kind = Node::Kind::list;
  if (!special('{')) return false;
  for (;;) {
    if (!peek(Want::words)) return false;
    if (lexer_.peek(Want::words).is('}')) return special('}');
    if (!grant(out.parts.emplace_back()) || !semicolon()) return false;
  }
}

/// Five parts: mode, identity, how to match, name, a group of record types. `zonesub` has no name.
bool Parser::grant(Node& out) {
  if (!value(Grammar::get().grant(), out)) return false;
  const bool has_name = !iequals(out.parts[2].text, "zonesub");
  if (Node& name = out.parts.emplace_back(); has_name && !string(name)) return false;
  Node& types = out.parts.emplace_back(Node::Kind::group, out.place);
  for (;;) {
    if (!peek(Want::words)) return false;
    if (lexer_.peek(Want::words).is(';')) return true;
    Node& type = types.parts.emplace_back();
    if (!count(types.place) || !string(type)) return false;
  }
}

/// Of a response policy zone; `cname` has a name behind it.
bool Parser::policy_name(Node& out) {
  Type names;
  names.kind = Type::Kind::choice;
  names.words = {"cname",  "disabled", "drop",     "given",   "no-op",
                 "nodata", "nxdomain", "passthru", "tcp-only"};
  out.kind = Node::Kind::group;
  out.parts.resize(2);
  if (!choice(names, out.parts[0])) return false;
  return !iequals(out.parts[0].text, "cname") || string(out.parts[1]);
}

/// `keys` of a server: one, in braces or without them.
bool Parser::one_key(Node& out) {
  if (!peek(Want::words)) return false;
  const bool has_braces = lexer_.peek(Want::words).is('{');
  if (has_braces && !special('{')) return false;
  if (!string(out)) return false;
  if (!has_braces) return true;
  if (!peek(Want::words)) return false;
  if (lexer_.peek(Want::words).is(';') && !semicolon()) return false;
  return special('}');
}

}  // namespace plimsoll::bind
