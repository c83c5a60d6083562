#pragma once

#include "plugins/service/apache2/tree.h"

namespace plimsoll::apache2 {

/// Writes a row for each directive, but for those of which the last in a scope counts. Sections of
/// one name and arguments are one scope; with `is_apart` (rules are asked) virtual hosts stay
/// apart, however alike their addresses are.
void write_rows(const Tree& tree, bool is_apart, Facts& facts);

/// Writes what httpd takes for directives that the main server has not.
void write_defaults(Facts& facts);

/// The scope that a section opens in another: `virtualhost *:80 > directory /srv`.
std::string scope_within(const std::string& parent, const Directive& section);
/// The arguments as they are written, or unquoted and one blank apart where some have quotes.
std::string value_of(const Directive& directive);

}  // namespace plimsoll::apache2
