#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/origin.h"

namespace plimsoll::compose {

/// A value of a Compose file while files are merged: variables replaced, its place kept.
struct Node {
  enum class Kind : std::uint8_t { null, scalar, list, map };
  enum class Tag : std::uint8_t { none, reset, replace };  ///< `!reset`, `!override`
  Kind kind = Kind::null;
  Tag tag = Tag::none;
  bool open = false;       ///< a variable that nothing here sets has a part in it
  std::uint32_t line = 0;  ///< of a scalar; of the key where it is a list or a map
  std::uint32_t column = 0;
  std::string_view file;  ///< owned by the Loader
  std::string key;        ///< in a map
  std::string text;       ///< of a scalar
  std::string literal;    ///< the same without what comes from .env: what this file itself says
  std::vector<Node> entries;

  [[nodiscard]] const Node* find(std::string_view name) const;
  [[nodiscard]] Node* find(std::string_view name);
  [[nodiscard]] const Node* find(std::initializer_list<std::string_view> path) const;
  /// The text of a scalar below it, or nothing.
  [[nodiscard]] std::string_view text_of(std::string_view name) const;
  [[nodiscard]] bool is_true(std::string_view name) const;
  /// Takes that key away.
  void erase(std::string_view name);
  /// Sets a key to a text, at the place of this node unless `from` says another.
  Node& set(std::string_view name, std::string_view value);
  [[nodiscard]] Origin origin() const { return {std::string(file), line, column}; }
  [[nodiscard]] bool is_scalar() const { return kind == Kind::scalar; }
  [[nodiscard]] bool is_list() const { return kind == Kind::list; }
  [[nodiscard]] bool is_map() const { return kind == Kind::map; }
};

/// A node of another kind at the place of `from`.
Node at_place_of(const Node& from, Node::Kind kind);
/// How a boolean is spelled, `true` or `false`; empty for anything else.
std::string_view boolean(std::string_view text);

}  // namespace plimsoll::compose
