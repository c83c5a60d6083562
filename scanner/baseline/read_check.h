#pragma once

#include <span>
#include <string>

#include "scanner/baseline/model.h"
#include "scanner/baseline/table_reader.h"
#include "scanner/probe/probe.h"

namespace plimsoll {

using Probes = std::span<const Probe* const>;

/// What a check may refer to.
struct CheckContext {
  Probes probes;
  std::span<const Parameter> parameters;
};

/// The keys of a table that asks something; in a rule they stand beside the rule's own.
extern const std::span<const std::string_view> kCheckKeys;

/// Reads what a rule (or one part of a composition) asks, and holds it against the probe's schema.
/// `probe` is what it inherits when it names none itself. Says what is wrong through `table`.
Check read_check(const TableReader& table, const std::string& probe, const CheckContext& context);

const Probe* find_probe(Probes probes, std::string_view name);

}  // namespace plimsoll
