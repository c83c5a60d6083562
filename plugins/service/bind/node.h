#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/service/bind/lexer.h"

namespace plimsoll::bind {

struct Block;
struct Clause;

/// A value, or a part of one.
struct Node {
  enum class Kind : std::uint8_t {
    nothing,  ///< an optional part that is not there
    text,
    number,   ///< also a size in bytes, a time in seconds
    boolean,  ///< `number` is 0 or 1
    address,  ///< of a socket; `number` is its port, 0 for none
    prefix,   ///< a network; `number` is its length
    group,    ///< parts, one after the other
    list,     ///< in braces
    negated,  ///< its one part
    block,
  };
  Node();
  Node(Kind kind_, Place place_);
  Node(Node&&) noexcept;
  Node& operator=(Node&&) noexcept;
  ~Node();

  Kind kind = Kind::nothing;
  bool is_quoted = false;  ///< a text that stood in quotes
  std::string_view word;   ///< the keyword in front of it; of the grammar, so it stays
  std::string text;        ///< of all but groups, lists and blocks: as named-checkconf prints it
  std::uint64_t number = 0;
  std::vector<Node> parts;
  std::unique_ptr<Block> block;
  Place place;

  [[nodiscard]] bool is_there() const { return kind != Kind::nothing; }
  /// The part behind that keyword, within groups; null where it is not there.
  [[nodiscard]] const Node* part(std::string_view keyword) const;
};

/// A statement: `recursion no;`, or `zone "x" { ... };`.
struct Setting {
  const Clause* clause = nullptr;  ///< null for a name that the grammar does not have
  std::string_view key;            ///< in lower case
  Node value;
  Place place;             ///< of its name
  std::uint32_t next = 0;  ///< the next one of that name; 0: none
};

/// What stands in braces: settings, by their order and by their names.
struct Block {
  std::vector<Setting> settings;

  /// The first of that name, or null.
  [[nodiscard]] const Setting* find(std::string_view key) const;
  /// Its value, or null.
  [[nodiscard]] const Node* value(std::string_view key) const;
  [[nodiscard]] const Setting* next(const Setting& one) const {
    return one.next == 0 ? nullptr : &settings[one.next];
  }
  void add(Setting setting);
  /// How many names there are.
  [[nodiscard]] std::size_t names() const { return names_.size(); }

 private:
  struct Name {
    std::string_view key;
    std::uint32_t first, last;
  };
  /// The grammar has some 300 names, and strange ones are kept to a few hundred.
  std::vector<Name> names_;
};

/// All settings of a name in a block, in order.
template <class Take>
void each(const Block& block, std::string_view key, Take take) {
  for (const Setting* one = block.find(key); one != nullptr; one = block.next(*one)) take(*one);
}

/// As `named-checkconf -p` prints it, without quotes and with one blank where that has more.
std::string printed(const Node& node);
/// `!x` as it is written, a name where there is one: what a block is called.
std::string_view name_of(const Node& value);
/// The block of `name { ... }`, or null.
const Block* block_of(const Node& value);

}  // namespace plimsoll::bind
