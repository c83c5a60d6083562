#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/fact.h"
#include "scanner/base/result.h"

namespace re2 {
class RE2;
}

namespace plimsoll {

/// The operators of a baseline. One typed operator a matcher.
enum class Op : std::uint8_t {
  equals,   ///< the same value of the type: `0640` equals `640` as a mode, `1h` equals `60min` as a
            ///< duration
  one_of,   ///< equals one of the operands
  none_of,  ///< equals none of the operands
  at_least,     ///< numbers, durations, sizes, versions; a mode: has all these bits
  at_most,      ///< numbers, durations, sizes, versions; a mode: has no bit outside these
  contains,     ///< a list or set has the operand as an element; a text has it as a part
  lacks,        ///< the opposite of contains; with several operands, none of them
  subset_of,    ///< every element is among the operands
  superset_of,  ///< every operand is among the elements
  matches,      ///< RE2, the whole value
  present,      ///< operand `true`: there is such a setting, or the field applies
  absent,       ///< operand `true`: there is none
};

/// The word for an operator as baselines spell it, and back.
std::string_view name_of(Op op);
std::optional<Op> op_named(std::string_view name);

/// A compiled comparison of one value against operands of one type. Cheap to copy; safe to share
/// between threads.
class Matcher {
 public:
  /// `operands` in the spelling of the baseline, parameters already replaced.
  /// Fails with `invalid` when an operand is not of the type or the expression does not compile.
  static Result<Matcher> compile(Op op, Type type, std::vector<std::string> operands);

  /// Whether a value satisfies it. Fails with `invalid` when the value is not of the type (`"many"`
  /// as an integer): the verdict then is unknown. `present` and `absent` look at monostate only;
  /// of the others `none_of` and `lacks` hold for monostate, and no other does.
  [[nodiscard]] Result<bool> test(const Value& value) const;
  [[nodiscard]] Result<bool> test(std::string_view text) const;
  [[nodiscard]] Result<bool> test(const std::string& text) const {
    return test(std::string_view(text));
  }

  /// For people: "`no` or `prohibit-password`", "at most `4`".
  [[nodiscard]] std::string describe() const;
  /// The elements of a list that must not be there (`subset_of`, `lacks`); none where the value as
  /// a whole is what is wrong.
  [[nodiscard]] std::vector<std::string> unwanted(std::string_view value) const;

  [[nodiscard]] Op op() const { return op_; }
  [[nodiscard]] Type type() const { return type_; }
  [[nodiscard]] const std::vector<std::string>& operands() const { return operands_; }

 private:
  [[nodiscard]] bool compare(const Value& value) const;
  [[nodiscard]] bool compare_text(std::string_view text) const;
  [[nodiscard]] bool holds_any(const Value& value) const;

  Op op_ = Op::present;
  Type type_ = Type::text;
  std::vector<std::string> operands_;
  std::vector<Value> values_;  ///< the operands, parsed; not of a text
  std::shared_ptr<const re2::RE2> expression_;
};

/// A text as a value of a type; fails with `invalid` when it is not one. A duration becomes whole
/// seconds, rounded up (a Matcher compares the exact spans).
Result<Value> parse_value(Type type, std::string_view text);
/// The canonical spelling: modes as `0644`, lists joined with a comma.
std::string to_text(const Value& value, Type type);
/// Debian version order (deb-version(7)): negative, zero or positive.
int compare_versions(std::string_view a, std::string_view b);

}  // namespace plimsoll
