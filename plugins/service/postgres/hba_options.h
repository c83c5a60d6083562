#pragma once

#include <string>

#include "plugins/service/postgres/hba_record.h"

namespace plimsoll::postgres {

/// Why the server refuses an option of a record, or empty (hba.c, parse_hba_auth_opt).
std::string refused_option(const HbaRecord& record, std::string_view name, std::string_view value,
                           unsigned version);

/// Why it refuses what the options come to, or empty.
std::string refused_options(const HbaRecord& record);

/// The last value of an option, or null.
const std::string* option_of(const HbaRecord& record, std::string_view name);

}  // namespace plimsoll::postgres
