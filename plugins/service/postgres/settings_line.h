#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace plimsoll::postgres {

/// `name = value` of a line of postgresql.conf.
struct Assignment {
  std::string name;  ///< as written
  std::string value;
};

/// What guc-file.l makes of a line without its line feed.
struct SettingsLine {
  std::optional<Assignment> assignment;  ///< none: blank, a comment, or an error
  bool is_error = false;                 ///< a syntax error
};

SettingsLine read_settings_line(std::string_view line);

}  // namespace plimsoll::postgres
