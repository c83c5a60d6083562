#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/result.h"

namespace plimsoll {

struct TomlMember;

/// One value of a TOML document, with the place where it starts.
struct TomlNode {
  enum class Kind : std::uint8_t { text, integer, real, boolean, date, time, array, table };
  Kind kind = Kind::table;
  std::uint32_t line = 0, column = 0;  ///< from 1
  /// Of a scalar: its value as text. A date is YYYY-MM-DD; an integer written as 0o640 is `0640`.
  std::string text;
  std::int64_t integer = 0;
  std::vector<TomlNode> items;      ///< of an array
  std::vector<TomlMember> members;  ///< of a table, in the order of the file

  [[nodiscard]] const TomlNode* find(std::string_view name) const;
  [[nodiscard]] bool is_scalar() const { return kind != Kind::array && kind != Kind::table; }
};

struct TomlMember {
  std::string name;
  std::uint32_t line = 0, column = 0;  ///< of the name
  TomlNode value;
};

/// "a text", "an array": for messages.
std::string_view name_of(TomlNode::Kind kind);

/// The document as a table. Fails with `invalid` and the place of the first syntax error.
Result<TomlNode> parse_toml(std::string_view text, const std::string& file);

}  // namespace plimsoll
