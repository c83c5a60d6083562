#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "plugins/os/audit-rules/rule_parser.h"

namespace plimsoll::audit {

/// A `-F` or `-C` expression, its parts in one spelling whatever the line's.
struct FieldResult {
  std::string name;
  std::string_view op;
  std::string value;
  std::string text;                ///< `auid>=1000`
  std::optional<Machine> machine;  ///< of `arch`
  std::string fault;               ///< why auditctl refuses it
};

FieldResult parse_field(std::string_view expression, const Names& names);
FieldResult parse_comparison(std::string_view expression);

}  // namespace plimsoll::audit
