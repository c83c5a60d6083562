#pragma once

#include "scanner/baseline/read_check.h"

namespace plimsoll {

/// Reads a `[[rule]]` (or one row of a family, its placeholders replaced).
Rule read_rule(const TomlNode& node, const CheckContext& context, Complaints& complaints);
/// `references = { ssg = ["…"], … }` of a rule or a parameter.
References read_references(const TableReader& owner);

/// Lower-case words joined with dashes, parts joined with dots: `sshd.max-auth-tries`.
bool is_rule_id(std::string_view id);

/// The keys of a rule, those of its check among them.
std::span<const std::string_view> rule_keys();

}  // namespace plimsoll
