#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/origin.h"
#include "scanner/formats/data/data_tree.h"

namespace plimsoll::containerd {

/// A TOML value that was merged from several files.
struct Value {
  enum class Kind : std::uint8_t { scalar, list, table };
  Kind kind = Kind::table;
  bool quoted = false;  ///< a scalar that is a text
  std::string text;
  Origin origin;
  std::vector<Value> items;
  std::map<std::string, Value, std::less<>> members;

  [[nodiscard]] const Value* find(std::string_view name) const;
  [[nodiscard]] bool is_table() const { return kind == Kind::table; }
  /// Go's zero value, which overrides nothing.
  [[nodiscard]] bool is_zero() const;
};

/// The same as a value of its own. `file`: where it was read.
Value value_of(const DataNode& node, const std::string& file);

}  // namespace plimsoll::containerd
