#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace plimsoll::php {

/// What one statement of an ini file says, in the grammar of PHP's own reader.
struct Statement {
  enum class Kind : std::uint8_t { setting, element, section };
  Kind kind = Kind::setting;
  std::string name;   ///< of the setting or section; `php_value` of `php_value[memory_limit]`
  std::string index;  ///< element: what stands in the brackets
  std::string value;
  std::uint32_t line = 0;  ///< where it starts
};

struct Reading {
  /// The value of `${name}` at this moment; nothing when too much has been put in already.
  std::function<std::optional<std::string>(std::string_view name)> variable;
  /// The value of a constant; false where there is none of that name.
  std::function<bool(std::string_view name, std::string& value)> constant;
  std::function<void(Statement statement)> take;
};

/// Where reading stopped before the end of a file.
struct Stop {
  std::uint32_t line = 0;  ///< 0: it did not
  bool is_limit = false;   ///< Reading::variable gave nothing; else a syntax error
};

/// Hands over the statements of a file, in order. PHP drops what follows a syntax error and keeps
/// what stands before it.
Stop read_ini(std::string_view text, const Reading& reading);

}  // namespace plimsoll::php
