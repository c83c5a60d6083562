#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scanner/baseline/model.h"

namespace plimsoll {

/// What a check asks, for people: a line a question, parts of a composition indented below it.
std::vector<std::string> check_lines(const Check& check);
/// The probe that a check asks; of a composition the first that one of its parts asks.
std::string_view first_probe(const Check& check);
/// The names of the parameters that a rule uses, sorted.
std::vector<std::string> parameters_of(const Rule& rule);

}  // namespace plimsoll
