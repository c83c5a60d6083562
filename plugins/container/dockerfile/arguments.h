#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/formats/shell_command.h"

namespace plimsoll::dockerfile {

/// Which options of a program take a value as the next word.
struct OptionsWithValue {
  std::string_view shorts;  ///< letters
  std::string_view longs;   ///< names with blanks between them
};

/// The words behind a command's name, taken apart as getopt_long(3) does, options in any place.
struct Arguments {
  struct Option {
    std::string name;  ///< one letter, or the long name without dashes
    std::string value;
    std::size_t before = 0;  ///< how many operands stand in front of it
  };
  std::vector<Option> options;
  std::vector<const shell::Word*> operands;

  [[nodiscard]] bool has(std::string_view name) const;
  [[nodiscard]] bool has_any(std::string_view names) const;  ///< blanks between the names
  [[nodiscard]] std::size_t count(std::string_view name) const;
  /// The value of the last option of that name, or null.
  [[nodiscard]] const std::string* value(std::string_view name) const;
  /// The operand, or empty.
  [[nodiscard]] std::string_view operand(std::size_t index) const;
};

Arguments read_arguments(const shell::Command& command, const OptionsWithValue& valued);

}  // namespace plimsoll::dockerfile
