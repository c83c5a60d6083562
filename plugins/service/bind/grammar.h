#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::bind {

struct BlockKind;

/// The form of a value, made of the texts in the tables of clauses.
struct Type {
  enum class Kind : std::uint8_t {
    leaf,       ///< `leaf` reads it
    sequence,   ///< `parts`, one after the other
    list,       ///< `parts[0]` and a semicolon, any number of times, in braces
    keyword,    ///< `word`, then `parts[0]`
    optional,   ///< the same, or nothing
    any_order,  ///< keywords of `parts`, each once at most
    choice,     ///< one of `words`
    maybe,      ///< one of `words`, or nothing
    either,     ///< one of `words`, or `parts[0]`
    block,      ///< settings in braces, of `block`
  };
  /// What only code can say.
  enum class Leaf : std::uint8_t {
    integer,
    maybe_integer,
    boolean,
    text,
    quoted,
    word,
    maybe_text,
    class_name,
    time,
    time_or_unlimited,
    size,
    size_or_percent,
    percent,
    fixed,
    port_range,
    prefix,
    address,
    address6,
    socket,
    socket_dscp,
    source4,
    source6,
    control_address,
    query_source4,
    query_source6,
    match,
    remote,
    name_port,
    quoted_or_none,
    server_id,
    auto_or_boolean,
    severity,
    log_file,
    dnstap_output,
    update_policy,
    policy_name,
    one_key,
    braces,
    maybe_braces,
    nothing,
  };
  Kind kind = Kind::leaf;
  Leaf leaf = Leaf::nothing;
  std::string_view word;
  std::vector<std::string_view> words;
  std::vector<Type> parts;
  const BlockKind* block = nullptr;

  /// A block stands in it somewhere.
  [[nodiscard]] bool has_block() const;
};

/// Zones in which a clause may stand (named.conf, "zone Block Grammar").
enum Zone : std::uint16_t {
  kPrimary = 1,
  kSecondary = 2,
  kMirror = 4,
  kStub = 8,
  kStaticStub = 16,
  kRedirect = 32,
  kForward = 64,
  kHint = 128,
  kDelegation = 256,
  kInView = 512,
};

/// What may stand in a block under a name.
struct Clause {
  std::string_view name;
  Type type;
  std::size_t rank = 0;     ///< its place in the grammar
  bool is_many = false;     ///< it may stand there several times
  bool is_gone = false;     ///< 9.18 knows that it was there once, and refuses it
  bool is_missing = false;  ///< Debian builds without it
  std::uint16_t zones = 0;  ///< of Zone
};

struct BlockKind {
  std::map<std::string_view, Clause> clauses;

  /// By its name in lower case, or null.
  [[nodiscard]] const Clause* named(std::string_view name) const;
};

/// A row of a table. `form`: see grammar.cpp. `marks`: letters of zones, `*` many, `-` gone,
/// `x` not built.
struct ClauseRow {
  std::string_view name;
  std::string_view form;
  std::string_view marks;
};
struct ClauseTable {
  std::string_view name;
  const ClauseRow* rows;
  std::size_t size;
};

/// The grammar of named.conf in BIND 9.18.
class Grammar {
 public:
  static const Grammar& get();
  [[nodiscard]] const BlockKind& top() const { return *block("top"); }
  [[nodiscard]] const BlockKind* block(std::string_view name) const;
  /// The type of one entry of an address match list.
  [[nodiscard]] const Type& match_list() const { return match_list_; }
  [[nodiscard]] const Type& grant() const { return grant_; }
  [[nodiscard]] std::vector<std::string_view> all_names() const;

 private:
  Grammar();
  void fill(BlockKind& kind, const ClauseTable& table);
  Clause compile(const ClauseRow& row) const;
  Type parse(std::vector<std::string_view>& words, std::string_view until) const;
  Type parse_one(std::vector<std::string_view>& words) const;

  std::map<std::string_view, BlockKind> blocks_;
  Type match_list_;
  Type grant_;
};

/// The tables, by parts of the grammar.
std::vector<ClauseTable> server_tables();
std::vector<ClauseTable> zone_tables();
std::vector<ClauseTable> small_tables();

}  // namespace plimsoll::bind
