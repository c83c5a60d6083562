#include "plugins/service/bind/parser.h"

#include <fmt/format.h>

#include <algorithm>

#include "scanner/base/text.h"

namespace plimsoll::bind {
namespace {

constexpr std::size_t kDeepest = 100;          // lists within lists
constexpr std::size_t kMostNodes = 1U << 20U;  // values and their parts
constexpr std::size_t kMostSettings = 500'000;
constexpr std::size_t kMostStrange = 100;  // names that the grammar lacks
constexpr std::size_t kMostTrials = 1000;  // values that are read a second time, as they are

bool is_any_of(const std::vector<std::string_view>& words, std::string_view text) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return iequals(word, text); });
}

std::string shown(const Token& token) {
  switch (token.kind) {
    case Token::Kind::end:
      return "the end of the file";
    case Token::Kind::special:
      return fmt::format("`{}`", token.special);
    case Token::Kind::number:
      return fmt::format("`{}`", token.number);
    default:
      return fmt::format("`{}`", std::string_view(token.text).substr(0, 60));
  }
}

}  // namespace

bool Parser::refuse(std::string what) {
  return refuse(std::move(what), lexer_.peek(Want::words).place);
}

bool Parser::refuse(std::string what, Place place, ErrorCode code) {
  if (!stop_) stop_ = Stop{code, std::move(what), place};
  return false;
}

bool Parser::peek(Want want) {
  const Token& token = lexer_.peek(want);
  if (token.kind == Token::Kind::bad) return refuse(token.text, token.place);
  return true;
}

bool Parser::take(Want want, Token& out) {
  out = lexer_.take(want);
  if (out.kind == Token::Kind::bad) return refuse(out.text, out.place);
  return true;
}

bool Parser::count(Place place) {
  if (++count_ <= kMostNodes) return true;
  return refuse(fmt::format("more than {} values", kMostNodes), place, ErrorCode::limit);
}

bool Parser::special(char wanted) {
  Token token;
  if (!take(Want::words, token)) return false;
  if (token.is(wanted)) return true;
  return refuse(fmt::format("`{}` is expected before {}", wanted, shown(token)), token.place);
}

bool Parser::semicolon() { return special(';'); }

bool Parser::next_is(std::string_view keyword) {
  const Token& token = lexer_.peek(Want::words);
  return token.is_text() && iequals(token.text, keyword);
}

Block Parser::file() {
  Block out;
  if (!settings(Grammar::get().top(), out)) return out;
  const Token& token = lexer_.peek(Want::words);
  if (token.kind != Token::Kind::end)
    refuse(fmt::format("{} where a statement begins", shown(token)), token.place);
  return out;
}

bool Parser::settings(const BlockKind& kind, Block& out) {
  for (;;) {
    if (!peek(Want::words)) return false;
    if (!lexer_.peek(Want::words).is_text()) return true;
    Token name = lexer_.take(Want::words);
    const bool goes_on =
        iequals(name.text, "include") ? include() : setting(kind, std::move(name), out);
    if (!goes_on) return false;
  }
}

bool Parser::include() {
  Token name;
  if (!take(Want::strings, name)) return false;
  if (name.kind != Token::Kind::quoted)
    return refuse("the name of a file to include stands in quotes", name.place);
  if (!semicolon()) return false;
  if (auto stop = surroundings_.include(name.text, name.place)) {
    stop_ = std::move(stop);
    return false;
  }
  return true;
}

bool Parser::setting(const BlockKind& kind, Token name, Block& out) {
  if (++settings_ > kMostSettings)
    return refuse(fmt::format("more than {} statements", kMostSettings), name.place,
                  ErrorCode::limit);
  const std::string key = lower(name.text);
  const Clause* clause = kind.named(key);
  const bool is_strange = clause == nullptr || clause->is_gone || clause->is_missing;
  if (is_strange && is_strict_) {
    const char* why = clause == nullptr ? "unknown option `{}`"
                      : clause->is_gone ? "option `{}` no longer exists"
                                        : "option `{}` is not built in";
    return refuse(fmt::format(fmt::runtime(why), key.substr(0, 60)), name.place);
  }
  if (is_strange) return strange(clause == nullptr ? key : clause->name, name.place, out);
  if (!clause->is_many && out.find(clause->name) != nullptr)
    return refuse(fmt::format("`{}` stands there a second time", key), name.place);
  Setting one;
  one.clause = clause;
  one.key = clause->name;
  one.place = name.place;
  if (!value_or_text(*clause, one.value) || !semicolon()) return false;
  const bool is_directory = one.key == "directory" && !one.value.text.empty();
  out.add(std::move(one));
  if (is_directory) surroundings_.directory(out.settings.back());
  return true;
}

/// A name of another version: what follows is kept as it is.
bool Parser::strange(std::string_view key, Place place, Block& out) {
  Setting one;
  one.place = place;
  one.key = *names_.emplace(key).first;
  if (names_.size() > kMostStrange)
    return refuse(fmt::format("more than {} unknown options", kMostStrange), place,
                  ErrorCode::limit);
  if (!raw(one.value) || !semicolon()) return false;
  out.add(std::move(one));
  return true;
}

bool Parser::value_or_text(const Clause& clause, Node& out) {
  if (is_strict_ || clause.type.has_block()) return value(clause.type, out);
  const Lexer before = lexer_;
  const std::size_t depth = depth_;
  if (value(clause.type, out) && lexer_.peek(Want::words).is(';')) return true;
  if (stop_ && stop_->code == ErrorCode::limit) return false;
  if (++trials_ > kMostTrials)
    return refuse(fmt::format("more than {} values that 9.18 does not have", kMostTrials),
                  out.place, ErrorCode::limit);
  stop_.reset();
  lexer_ = before;
  depth_ = depth;
  out = Node();
  return raw(out);
}

/// Words up to the semicolon, with the braces that open in between.
bool Parser::raw(Node& out) {
  out = Node(Node::Kind::text, lexer_.peek(Want::words).place);
  std::size_t depth = 0;
  bool is_tight = true;
  for (;;) {
    if (!peek(Want::strings)) return false;
    const Token& next = lexer_.peek(Want::strings);
    if (next.is(';') && depth == 0) return true;
    if (next.kind == Token::Kind::end || (next.is('}') && depth == 0))
      return refuse(fmt::format("`;` is expected before {}", shown(next)), next.place);
    const Token token = lexer_.take(Want::strings);
    if (!count(token.place)) return false;
    if (token.is('{')) ++depth;
    if (token.is('}')) --depth;
    // `a;`, `!a`, `10.0.0.0/8`
    const bool joins = token.is(';') || token.is('/');
    if (!is_tight && !joins) out.text += ' ';
    if (token.kind == Token::Kind::special)
      out.text += token.special;
    else
      out.text += token.text;
    is_tight = token.is('!') || token.is('/');
  }
}

bool Parser::value(const Type& type, Node& out) {
  out.place = lexer_.peek(Want::words).place;
  if (!count(out.place)) return false;
  switch (type.kind) {
    case Type::Kind::leaf:
      return leaf(type.leaf, out);
    case Type::Kind::sequence:
      out.kind = Node::Kind::group;
      for (const Type& part : type.parts)
        if (!value(part, out.parts.emplace_back())) return false;
      return true;
    case Type::Kind::list:
      return list(type.parts[0], out);
    case Type::Kind::keyword:
      if (!next_is(type.word)) return refuse(fmt::format("`{}` is expected", type.word));
      return option(type.word, type.parts[0], out);
    case Type::Kind::optional:
      return next_is(type.word) ? option(type.word, type.parts[0], out) : peek(Want::words);
    case Type::Kind::any_order:
      return any_order(type, out);
    case Type::Kind::block:
      out.kind = Node::Kind::block;
      out.block = std::make_unique<Block>();
      return special('{') && settings(*type.block, *out.block) && special('}');
    default:
      return choice(type, out);
  }
}

bool Parser::option(std::string_view keyword, const Type& type, Node& out) {
  Token token;
  if (!take(Want::words, token) || !value(type, out)) return false;
  out.word = keyword;
  return true;
}

bool Parser::list(const Type& entry, Node& out) {
  out.kind = Node::Kind::list;
  if (depth_ >= kDeepest)
    return refuse(fmt::format("lists more than {} deep", kDeepest), out.place, ErrorCode::limit);
  if (!special('{')) return false;
  ++depth_;
  for (;;) {
    if (!peek(Want::words)) return false;
    if (lexer_.peek(Want::words).is('}')) break;
    if (!value(entry, out.parts.emplace_back()) || !semicolon()) return false;
  }
  --depth_;
  return special('}');
}

/// namedconf.c, cfg_parse_kv_tuple.
bool Parser::any_order(const Type& type, Node& out) {
  out.kind = Node::Kind::group;
  out.parts.resize(type.parts.size());
  for (;;) {
    if (!peek(Want::strings)) return false;
    const Token& next = lexer_.peek(Want::strings);
    if (!next.is_text()) return true;
    std::size_t at = 0;
    while (at < type.parts.size() &&
           (out.parts[at].is_there() || !iequals(type.parts[at].word, next.text)))
      ++at;
    if (at == type.parts.size())
      return refuse(fmt::format("{} is unexpected", shown(next)), next.place);
    if (!option(type.parts[at].word, type.parts[at].parts[0], out.parts[at])) return false;
  }
}

bool Parser::choice(const Type& type, Node& out) {
  if (!peek(Want::words)) return false;
  const Token& next = lexer_.peek(Want::words);
  if (next.is_text() && is_any_of(type.words, next.text)) return word(out);
  if (type.kind == Type::Kind::maybe) return true;
  if (type.kind == Type::Kind::either) return value(type.parts[0], out);
  return refuse(fmt::format("{} is not one of {}", shown(next), join(type.words, ", ")),
                next.place);
}

}  // namespace plimsoll::bind
