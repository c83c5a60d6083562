#pragma once

#include <map>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "scanner/evaluate/check_result.h"
#include "scanner/evaluate/compile.h"

namespace plimsoll {

/// The facts of one probe, its settings findable by key.
class FactIndex {
 public:
  explicit FactIndex(const Facts& facts, Shape shape);
  [[nodiscard]] const Facts& facts() const { return facts_; }
  [[nodiscard]] const std::vector<const Fact*>& with_key(std::string_view key) const;

 private:
  const Facts& facts_;
  std::unordered_map<std::string_view, std::vector<const Fact*>> by_key_;
};

using FactIndexes = std::map<const Probe*, FactIndex>;

/// What every check of one rule has in common.
struct CheckInput {
  const FactIndexes& facts;
  std::string_view rule;  ///< its id, for fingerprints
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
