#pragma once

#include "scanner/baseline/model.h"
#include "scanner/report/json.h"

namespace plimsoll {

/// The member `references`: an object of arrays.
void write_references(Json& json, const References& references);
/// The member `remediation`: `set`, `summary`, `verify`, `risk`, those that say something.
void write_remediation(Json& json, const Remediation& remediation);

/// An element of `parameters`, named as --set takes it: with its component.
void write_parameter(Json& json, std::string_view component, const Parameter& parameter);

}  // namespace plimsoll
