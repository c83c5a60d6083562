#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scanner/evaluate/compile.h"

namespace plimsoll {

/// What one probe could not see, as far as one check rests on it.
class Doubt {
 public:
  Doubt(const Facts& facts, const CompiledCheck& leaf);

  /// Why the values of this scope (or path) may not be the effective ones; null when they are.
  [[nodiscard]] const Gap* about(std::string_view name) const;
  /// Why there may be more facts than were seen (or fewer: values that are overridden); null when
  /// these are all.
  [[nodiscard]] const Gap* about_completeness() const;
  /// Whether about_field has anything to say at all.
  [[nodiscard]] bool doubts_fields() const { return !partial_.empty(); }
  /// Why one field of the row of that name may be another; null when it is not in doubt by itself.
  [[nodiscard]] const Gap* about_field(std::string_view name, std::string_view field) const;
  /// Why rows may be missing of which only some fields are in doubt; null when the check would not
  /// select such a row.
  [[nodiscard]] const Gap* about_missing_rows() const;

 private:
  [[nodiscard]] bool may_select_missing(const Gap& gap) const;
  [[nodiscard]] bool is_there(const std::string& name) const;

  const Facts& facts_;
  const CompiledCheck& leaf_;
  std::vector<const Gap*> gaps_;
  std::vector<const Gap*> partial_;  ///< of rows: those that are about some fields alone
  std::string_view key_;             ///< the setting that is asked for; empty for rows
};

/// Whether a condition says in which part of the tree files are, not what they are.
bool is_on_place(const Predicate& predicate, const Probe& probe);
/// Whether the gap is about facts of that scope (or path), or about this key of the scope alone.
bool is_about(const Gap& gap, std::string_view name, std::string_view key);
/// Whether `name` is the subject of a gap or lies below it: `subject [X]`, `subject > x`,
/// `subject/x`. The empty subject is everything.
bool is_below(std::string_view subject, std::string_view name);
/// "/etc/x:3: permission denied"
std::string describe(const Gap& gap);

}  // namespace plimsoll
