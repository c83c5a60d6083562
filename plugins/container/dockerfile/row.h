#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/probe/probe.h"

namespace plimsoll::dockerfile {

/// The columns of a row, in the order of the schema.
enum Column : std::uint8_t {
  kSubject,
  kKind,
  kStage,
  kFinal,
  kTraits,
  kName,
  kValue,
  kForm,
  kManager,
  kVersion,
  kPinned,
  kEffective,
  kRoot,
  kTarget,
  kSource,
  kRegistry,
  kTagged,
  kLatest,
  kByDigest,
  kSupportEnd,
  kUser,
  kHealthcheck,
  kLabels,
  kColumns
};

using Traits = std::vector<std::string>;

/// One row while it is made. Columns at its end that do not apply are left out.
class Row {
 public:
  Row(std::string_view kind, std::string subject, std::uint32_t line);
  Row& set(Column column, Value value);
  Row& trait(std::string_view name);
  Row& traits(Traits names);
  [[nodiscard]] const Traits& traits() const { return traits_; }
  [[nodiscard]] std::string_view kind() const { return kind_; }
  [[nodiscard]] std::uint32_t line() const { return line_; }
  [[nodiscard]] std::vector<Value> take();

  std::int64_t stage = -1;

 private:
  std::string_view kind_;
  std::uint32_t line_;
  std::vector<Value> fields_;
  Traits traits_;
};

/// Which rows the selected rules look at. A rule about a trait needs no row without traits.
class Wanted {
 public:
  explicit Wanted(std::span<const Selection> selections);
  /// Whether any row of that kind is asked for, be it only for its traits.
  [[nodiscard]] bool kind(std::string_view kind) const;
  [[nodiscard]] bool row(const Row& row) const;

 private:
  void add(std::string kind, bool by_trait);
  struct Ask {
    std::string kind;  ///< empty: all kinds
    bool by_trait = false;
  };
  std::vector<Ask> asks_;
  bool all_ = false;
};

/// The text cut to what a report can bear.
std::string shortened(std::string_view text);

}  // namespace plimsoll::dockerfile
