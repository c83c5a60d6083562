#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "scanner/baseline/model.h"
#include "scanner/baseline/read_check.h"
#include "scanner/probe/collect.h"

namespace plimsoll {

/// A check with its parameters replaced, its operands parsed and its probe found.
struct CompiledCheck {
  const Check* check = nullptr;
  const Probe* probe = nullptr;    ///< of a leaf
  Selection selection;             ///< of a leaf: which facts
  std::optional<Matcher> expect;   ///< setting: what the value should be
  std::vector<Predicate> expects;  ///< rows: what each should be
  bool explicit_value = false;     ///< setting: must be written down
  std::vector<CompiledCheck> children;
};

/// Fails with `invalid` when the probe, a field or an operand is not what the check needs; the
/// loader has refused all of that for the defaults of the parameters.
Result<CompiledCheck> compile_check(const Check& check, const CheckContext& context);

/// Adds what the check asks of each probe.
void gather(const CompiledCheck& check, Wanted& wanted);

/// The fields of settings when they are asked like rows.
std::optional<Predicate::On> setting_field(std::string_view name);

}  // namespace plimsoll
