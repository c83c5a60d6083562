#pragma once

#include <span>
#include <string_view>

namespace plimsoll::sudoers {

/// A setting that a Defaults line may give (sudoers(5) SUDOERS OPTIONS), as sudo 1.9.13 knows it.
struct Variable {
  enum class Type : unsigned char { flag, value, list };
  std::string_view name;
  Type type = Type::flag;
  bool may_be_off = true;    ///< `!name` is legal
  bool may_be_bare = true;   ///< `name` alone is legal
  std::string_view initial;  ///< what Debian builds in; empty where it is not told
};

/// The variable of that name, or null.
const Variable* find_variable(std::string_view name);
/// All of them, by name.
std::span<const Variable> variables();

}  // namespace plimsoll::sudoers
