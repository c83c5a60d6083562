#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/service/php/settings.h"

namespace plimsoll::php {

/// One `php_value[key] = value` or its like.
struct Given {
  std::string key, value;
  Origin origin;
};

/// What the files of FPM say of one pool, in reading order.
struct Pool {
  struct Directive {
    std::string value;
    Origin origin;
    std::vector<Shadowed> earlier;
  };
  std::string name;  ///< as it is spelled first
  std::map<std::string, Directive, std::less<>> directives;
  std::vector<Given> values;        ///< php_value and php_flag
  std::vector<Given> admin_values;  ///< php_admin_value and php_admin_flag
};

/// Why FPM does not take the value of that directive, empty where it does; `is_pool` is false for
/// [global] (fpm_conf.c: ini_fpm_pool_options, ini_fpm_global_options).
std::string refusal(std::string_view directive, std::string_view value, bool is_pool);

/// Of a flag or a boolean directive: on or off, or nothing where FPM takes it for neither. Words
/// have been made `1` and empty by the grammar unless they stand in quotes, and there they have a
/// case.
std::optional<bool> boolean(std::string_view value);

/// Writes one row for each directive and each setting that the processes of the pool have from it.
void write_pool(const Pool& pool, const Settings& settings, const std::string& scope, Facts& facts);

/// Of settings that every one of the pools has of its own, the rows of php.ini speak of no process:
/// they are taken away, and named as shadowed with the rows of the pools.
void drop_overridden(const std::vector<std::string>& pool_scopes, const std::string& scope,
                     Facts& facts);

}  // namespace plimsoll::php
