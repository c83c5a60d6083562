#pragma once

#include <map>
#include <span>
#include <string_view>
#include <vector>

#include "scanner/evaluate/check_result.h"
#include "scanner/evaluate/compile.h"

namespace plimsoll {

/// The facts of one probe, its settings findable by key.
class FactIndex {
 public:
  explicit FactIndex(const Facts& facts, Shape shape);
  [[nodiscard]] const Facts& facts() const { return facts_; }
  /// Those of that key, in their order.
  [[nodiscard]] std::span<const Fact* const> with_key(std::string_view key) const;

 private:
  struct Key {
    std::string_view name;
    std::uint32_t begin = 0, end = 0;  ///< in by_key_
  };
  [[nodiscard]] std::size_t slot_of(std::string_view key) const;

  const Facts& facts_;
  std::vector<std::uint32_t> slots_;  ///< a hash table: index into keys_ plus one, or 0
  std::vector<Key> keys_;
  std::vector<const Fact*> by_key_;  ///< key after key
};

using FactIndexes = std::map<const Probe*, FactIndex>;

/// What every check of one rule has in common.
struct CheckInput {
  const FactIndexes& facts;
  std::string_view rule;  ///< its id, for fingerprints
  /// Nobody will read more findings, or another reason for not applying: of a tree of thousands of
  /// documents only the first are listed. Truth and CheckResult::found stay the same.
  bool counts_only = false, no_idle_reason = false;
};

/// Whether the check holds. Three-valued: what rests on something that could not be read is
/// unknown, unless the rest decides it. `want_support`: also say what made it true.
CheckResult evaluate_check(const CompiledCheck& check, const CheckInput& input,
                           bool want_support = false);

// The two kinds of leaves; their probe is applicable.
CheckResult evaluate_setting(const CompiledCheck& check, const FactIndex& facts,
                             const CheckInput& input, bool want_support);
CheckResult evaluate_rows(const CompiledCheck& check, const FactIndex& facts,
                          const CheckInput& input, bool want_support);

/// 32 hex digits that stay the same while the drift does: of the rule, the scope, the key and what
/// tells rows of one key apart. No line, no value that merely changed.
std::string fingerprint(std::string_view rule, std::string_view scope, std::string_view key,
                        std::string_view identity = {});
/// A value for a message: not longer than a message can bear.
std::string shown(std::string_view value);
/// "is `no`"; of a list that has what it should not, "has `a`, `b` and 3 more".
std::string what_it_is(std::string_view value, const Matcher& wanted);
/// The verdict of a check for which there is no fact at all.
Truth truth_when_absent(Check::WhenAbsent when);

}  // namespace plimsoll
