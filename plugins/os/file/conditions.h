#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "plugins/os/file/row.h"

namespace plimsoll::files {

/// A conjunction of predicates, prepared so that most files are turned down by a few comparisons of
/// numbers, before any text is made of them.
class Conditions {
 public:
  explicit Conditions(std::span<const Predicate> predicates);

  /// Whether all hold, but for what they say of packages. One that cannot be tested (a matcher of
  /// another type) counts as holding, so that the row is yielded and the verdict says why.
  [[nodiscard]] bool hold(const Candidate& file) const {
    return hold_in_place(file) && hold_beside_place(file);
  }
  /// The part that all files of one directory answer alike: whether they lie below the right ones.
  [[nodiscard]] bool hold_in_place(const Candidate& file) const;
  [[nodiscard]] bool hold_beside_place(const Candidate& file) const;
  [[nodiscard]] bool empty() const { return is_empty_; }
  /// Whether there are some, and numbers alone decide them.
  [[nodiscard]] bool is_quick() const {
    return !is_empty_ && below_.empty() && globs_.empty() && others_.empty();
  }
  /// The types that can satisfy them, as bits.
  [[nodiscard]] std::uint32_t types() const { return types_; }

 private:
  bool add_bits(Column column, const Matcher& matcher);
  bool add_id(Column column, const Matcher& matcher);
  bool add_mode(const Matcher& matcher);
  void add_types(const Matcher& matcher);

  bool is_empty_;
  std::uint32_t types_ = ~0U;
  std::uint32_t set_ = 0, clear_ = 0;  // mode bits
  std::optional<bool> unowned_, ungrouped_;
  std::optional<std::uint32_t> uid_, gid_;
  std::vector<std::string> below_;
  std::vector<GlobPattern> globs_;
  std::vector<std::pair<Column, const Matcher*>> others_;
};

}  // namespace plimsoll::files
