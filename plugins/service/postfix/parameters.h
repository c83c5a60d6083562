#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace plimsoll::postfix {

struct Parameter {
  std::string_view name;
  std::string_view value;  ///< names in it are not expanded
};

/// The parameters of Postfix 3.7.11 as Debian 12 builds it and their defaults, sorted by name; with
/// the old names that it still heeds. versions.h has those of other versions. What depends on the
/// machine is not among them (`mynetworks`, `myhostname`, `mydomain`).
std::span<const Parameter> builtin_parameters();
/// The default of one of them.
std::optional<std::string_view> default_of(std::span<const Parameter> all, std::string_view name);

/// postconf(5): values in which Postfix expands names itself when it uses them.
bool is_raw(std::string_view name);
/// Set by each program itself; a setting in a file is ignored.
bool is_read_only(std::string_view name);

/// Old names, which postconf does not look into for tables.
bool is_legacy(std::string_view name);

/// What a delivery transport of master.cf, run by `program`, has for itself: the parameter is named
/// by the service and the suffix (`relay_recipient_limit`), its default is that of another one.
std::span<const Parameter> transport_parameters(std::string_view program);

/// ldap_table(5) and its like: what a table `ldap:accounts` takes from main.cf, the names being
/// `accounts_` and one of these words; empty for tables that take nothing.
std::string_view table_parameters(std::string_view kind);

}  // namespace plimsoll::postfix
