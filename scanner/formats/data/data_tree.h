#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <memory_resource>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "scanner/base/result.h"

namespace plimsoll {

struct DataEntry;

/// A node of a YAML, JSON or TOML document, with the place where it begins. Anchors and merge keys
/// are resolved: an alias is the node that it names, so nodes may have several parents.
struct DataNode {
  enum class Kind : std::uint8_t { scalar, sequence, mapping };
  Kind kind = Kind::scalar;
  bool plain = false;        ///< a scalar without quotes, whose type its spelling decides
  std::uint16_t file = 0;    ///< the number that the reader was given for its file
  std::uint32_t line = 0;    ///< from 1
  std::uint32_t column = 0;  ///< from 1
  std::uint32_t size = 1;    ///< nodes below it and itself, each as often as it is reached
  std::string_view text;     ///< of a scalar
  std::string_view tag;      ///< an explicit one, as written: `!reset`
  std::span<const DataEntry> entries;  ///< of a mapping in order, of a sequence without keys

  /// The value of that key; the last one where a key is there twice. Null when this is no mapping
  /// or has no such key.
  [[nodiscard]] const DataNode* find(std::string_view key) const;
  /// The same, one key after the other.
  [[nodiscard]] const DataNode* find(std::initializer_list<std::string_view> keys) const;
  /// The entry itself, for the place of its key.
  [[nodiscard]] const DataEntry* entry(std::string_view key) const;

  [[nodiscard]] bool is_mapping() const { return kind == Kind::mapping; }
  [[nodiscard]] bool is_sequence() const { return kind == Kind::sequence; }
  [[nodiscard]] bool is_scalar() const { return kind == Kind::scalar; }
  /// An empty plain scalar, `~` or `null`.
  [[nodiscard]] bool is_null() const;
  /// A plain scalar that YAML 1.1 takes for a boolean (`yes` and `on` as well), as go-yaml 2, and
  /// so Kubernetes, does. Empty for anything else.
  [[nodiscard]] std::optional<bool> as_bool() const;
  /// A plain scalar that is a whole number: decimal, 0x, 0o or a leading 0 for octal, underscores.
  [[nodiscard]] std::optional<std::int64_t> as_integer() const;
};

struct DataEntry {
  const DataNode* key = nullptr;  ///< null in a sequence
  const DataNode* value = nullptr;
};

/// What bounds a tree. Beyond it reading stops with ErrorCode::limit.
struct DataLimits {
  std::size_t depth = 200;
  std::size_t nodes = 4U << 20U;  ///< of one document, aliases counted as often as they are reached
};

/// The documents of one file. Nodes live as long as the tree.
class DataTree {
 public:
  explicit DataTree(std::uint16_t file = 0);
  std::uint16_t number;                    ///< DataNode::file of its nodes
  std::vector<const DataNode*> documents;  ///< those before an error
  std::optional<Error> error;              ///< what stopped the reader, with its line

  [[nodiscard]] std::pmr::memory_resource& memory() { return *memory_; }

 private:
  std::unique_ptr<std::pmr::monotonic_buffer_resource> memory_;
};

/// A stream of YAML documents, as libyaml has its grammar (go-yaml is a translation of it). Keys
/// that are no scalars are kept and never found. `file` is for errors, `number` for who holds
/// nodes of several files.
DataTree read_yaml(std::string_view text, std::string_view file, DataLimits limits = {},
                   std::uint16_t number = 0);
/// One JSON value (RFC 8259).
DataTree read_json(std::string_view text, std::string_view file, DataLimits limits = {},
                   std::uint16_t number = 0);
/// A TOML document of at most 1 MiB. Integers are decimal, however written; a date is text without
/// quotes.
DataTree read_toml(std::string_view text, std::string_view file, DataLimits limits = {});

}  // namespace plimsoll
