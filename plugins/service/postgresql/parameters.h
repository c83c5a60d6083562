#pragma once

#include <string_view>

namespace plimsoll::postgres {

/// A parameter of PostgreSQL 15, in lower case.
bool is_parameter(std::string_view name);

}  // namespace plimsoll::postgres
