#pragma once

#include <span>
#include <string>
#include <vector>

#include "scanner/baseline/diagnostic.h"
#include "scanner/baseline/toml_reader.h"

namespace plimsoll {

/// Many rules of one shape: a rule with placeholders, and the rows that fill them.
struct Family {
  std::string id;  ///< as written: `sysctl.{slug}`
  std::vector<TomlNode> rows;
};

/// A copy of `node` with every `{name}` replaced by the row's value of that name. A text that is a
/// placeholder and nothing else takes the value with its kind. Complains about names that the row
/// does not have.
TomlNode fill(const TomlNode& node, const TomlNode& row, Complaints& complaints);

/// The rules of a `[[family]]` as if each had been written out. Row keys that name a field of a
/// rule (`own_keys`) and are no placeholder override it.
std::vector<TomlNode> expand_family(const TomlNode& family,
                                    std::span<const std::string_view> own_keys, Family& read,
                                    Complaints& complaints);

}  // namespace plimsoll
