#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/line_edit.h"
#include "scanner/formats/data/data_tree.h"

namespace plimsoll {

/// The mappings of a document in which a place lies, the innermost first. Documents here were read
/// by read_yaml, JSON as well: read_json does not tell where tokens begin.
std::vector<const DataNode*> mappings_around(const DataNode& document, std::uint32_t line,
                                             std::uint32_t column);

/// Ways to give what `keys` lead to below a mapping the value `value`, which is written as it
/// stands: `false`, `[ALL]`. What is there of the path is kept, in the style of the
/// file: block or flow. The best way first; whether one does what is wanted shows when the text is
/// read again, as neither comments nor the ends of values are in the tree.
std::vector<LineEdit> ways_to_set(std::string_view text, const DataNode& mapping,
                                  std::span<const std::string> keys, std::string_view value);

}  // namespace plimsoll
