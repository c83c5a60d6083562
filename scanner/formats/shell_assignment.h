#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll {

/// A simple command of a POSIX shell script, as far as it can be read without running anything.
struct ShellCommand {
  std::vector<std::string> words;  ///< quotes resolved, expansions left as they are written
  std::uint32_t line = 0;
  /// It runs only if something else says so: inside if, case, a loop, a function or a subshell, or
  /// behind && or ||.
  bool conditional = false;
};

struct ShellScript {
  std::vector<ShellCommand> commands;
  std::uint32_t broken_at = 0;  ///< line of a quote or substitution without an end; 0: none
};

/// sh(1), "Lexical structure": commands separated by newlines, `;`, `&`, `|`, `&&`, `||`; comments,
/// quotes, continued lines and here-documents. One pass, linear.
ShellScript read_shell(std::string_view text);

/// A variable that a command assigns.
struct ShellAssignment {
  std::string name, value;
  bool has_value = true;  ///< false: `export NAME` or `readonly NAME` alone
  bool exported = false;
  bool read_only = false;
};

/// What a command assigns to the shell itself: `A=b`, `export A=b`, `readonly`, `declare`,
/// `typeset`. Assignments before another command are for that command alone and do not count.
std::vector<ShellAssignment> shell_assignments(const ShellCommand& command);

}  // namespace plimsoll
