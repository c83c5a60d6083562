#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "scanner/base/result.h"

namespace plimsoll {

/// A value of a TOML document that holds no others.
struct TomlScalar {
  enum class Kind : std::uint8_t { text, integer, real, boolean, date, time };
  Kind kind = Kind::text;
  /// Its value as text. A date is YYYY-MM-DD, a time is empty; an integer written as 0o640 is
  /// `0640`.
  std::string text;
  std::int64_t integer = 0;
};

struct TomlPlace {
  std::uint32_t line = 0, column = 0;  ///< from 1
};

/// What is told of a document, in its order but for tables that are opened more than once. Every
/// call may refuse with false, and the walk ends.
class TomlVisitor {
 public:
  virtual ~TomlVisitor() = default;
  virtual bool begin_table(TomlPlace place) = 0;
  virtual bool begin_array(TomlPlace place) = 0;
  /// Of a member of a table; its value follows.
  virtual bool key(std::string_view name, TomlPlace place) = 0;
  virtual bool scalar(TomlScalar scalar, TomlPlace place) = 0;
  virtual bool end() = 0;
};

/// What a document may cost.
struct TomlLimits {
  std::size_t bytes = 16U << 20U;
  std::size_t parts = 64;  ///< of one dotted key: each is a level of tables
};

/// Walks the document, its root a table, where it can be parsed. Else: `invalid` and the place of
/// the first syntax error, or `limit`.
std::optional<Error> walk_toml(std::string_view text, const std::string& file, TomlVisitor& visitor,
                               TomlLimits limits = {});

}  // namespace plimsoll
