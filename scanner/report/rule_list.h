#pragma once

#include <string>

#include "scanner/baseline/plan.h"

namespace plimsoll {

/// One line a rule: severity, id and title, by component.
std::string rule_list_text(const Plan& plan, bool color, std::size_t width);
/// One id a line.
std::string rule_ids(const Plan& plan);
/// An array of objects: schemas/rules.schema.json describes it.
std::string rules_json(const Plan& plan);

/// The parameters that a rule uses, as the plan has them.
std::vector<const Parameter*> used_parameters(const PlannedRule& planned, const Plan& plan);

}  // namespace plimsoll
