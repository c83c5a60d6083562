#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace plimsoll::php {

/// The value that PHP 8.2 has without a file; nothing where no built-in module knows the setting.
/// `cli` and the other interfaces differ in a few.
std::optional<std::string_view> builtin_default(std::string_view name, std::string_view interface);
/// Constants that exist when php.ini is read.
bool constant(std::string_view name, std::string_view interface, std::string& value);
/// Whether PHP takes the value, or keeps its default with a warning.
bool is_accepted(std::string_view name, std::string_view value);
/// Whether PHP takes the value for a pool, after its start: `before` is what stands, `started` what
/// the files of php.ini said. Some settings move in one direction only, or not at all.
bool is_taken_later(std::string_view name, std::string_view value, std::string_view before,
                    const std::optional<std::string>& started);
/// Settings that the command line program sets itself, whatever php.ini says.
bool is_fixed_on_command_line(std::string_view name);

}  // namespace plimsoll::php
