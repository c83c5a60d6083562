#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "plugins/service/bind/grammar.h"
#include "plugins/service/bind/lexer.h"
#include "plugins/service/bind/node.h"
#include "scanner/base/result.h"

namespace plimsoll::bind {

/// Why a file is not read to its end.
struct Stop {
  ErrorCode code = ErrorCode::invalid;  ///< invalid: named does not start; limit: this is too much
  std::string what;
  Place place;
};

/// What the parser asks of its surroundings.
struct Surroundings {
  /// Puts the files that a pattern of `include` names on the lexer, or says why it cannot.
  std::function<std::optional<Stop>(const std::string& pattern, Place place)> include;
  /// `directory` was read: relative paths are below it from here on.
  std::function<void(const Setting& setting)> directory;
};

/// Reads statements by the grammar of 9.18 (lib/isccfg/parser.c).
class Parser {
 public:
  /// `is_strict`: it is 9.18 for sure. Otherwise a name that the grammar lacks, or a value that
  /// does not fit it, is kept as it is written.
  Parser(Lexer& lexer, const Surroundings& surroundings, bool is_strict)
      : lexer_(lexer), surroundings_(surroundings), is_strict_(is_strict) {}

  /// All of the files. What was read before it stopped stays.
  Block file();
  [[nodiscard]] const std::optional<Stop>& stop() const { return stop_; }
  /// Names that the grammar lacks; keys of settings point here.
  std::set<std::string, std::less<>> take_names() { return std::move(names_); }

 private:
  bool refuse(std::string what);
  bool refuse(std::string what, Place place, ErrorCode code = ErrorCode::invalid);
  /// The next token; false where there is none.
  bool peek(Want want);
  bool take(Want want, Token& out);
  bool special(char wanted);
  bool semicolon();
  bool next_is(std::string_view keyword);

  bool settings(const BlockKind& kind, Block& out);
  bool setting(const BlockKind& kind, Token name, Block& out);
  bool include();
  bool strange(std::string_view key, Place place, Block& out);
  bool value(const Type& type, Node& out);
  bool value_or_text(const Clause& clause, Node& out);
  bool raw(Node& out);
  bool count(Place place);

  bool list(const Type& entry, Node& out);
  bool any_order(const Type& type, Node& out);
  bool choice(const Type& type, Node& out);
  bool leaf(Type::Leaf leaf, Node& out);
  bool text_leaf(Type::Leaf leaf, Node& out);
  bool number_leaf(Type::Leaf leaf, Node& out);
  bool address_leaf(Type::Leaf leaf, Node& out);
  bool integer(Node& out);
  bool word(Node& out);
  bool string(Node& out);
  bool match(Node& out);
  bool geoip(Node& out);
  bool prefix(Node& out);
  bool plain_address(bool v4, bool v6, bool has_any, Node& out);
  bool socket(bool v4, bool v6, bool has_any, bool has_dscp, Node& out);
  bool query_source(bool is_v6, Node& out);
  bool port(bool has_any, std::uint64_t& out);
  bool dscp(std::string& out);
  bool port_range(Node& out);
  bool severity(Node& out);
  bool log_file(Node& out);
  bool dnstap_output(Node& out);
  bool update_policy(Node& out);
  bool grant(Node& out);
  bool policy_name(Node& out);
  bool one_key(Node& out);
  bool option(std::string_view keyword, const Type& type, Node& out);

  Lexer& lexer_;
  const Surroundings& surroundings_;
  bool is_strict_;
  std::optional<Stop> stop_;
  std::set<std::string, std::less<>> names_;
  std::size_t depth_ = 0;
  std::size_t count_ = 0;     ///< of values
  std::size_t settings_ = 0;  ///< of statements
  std::size_t trials_ = 0;
};

}  // namespace plimsoll::bind
