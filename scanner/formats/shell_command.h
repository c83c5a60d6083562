#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::shell {

/// One word of a command after quote removal.
struct Word {
  std::string text;
  bool quoted = false;  ///< some of it stood in quotes or behind a backslash
  /// Holds an expansion whose value the script does not tell; it stands in `text` as written.
  bool open = false;
  std::size_t offset = 0;  ///< of its first byte in the script
};

struct Assignment {
  std::string name;
  Word value;
};

struct Redirect {
  std::string op;  ///< `>`, `>>`, `<`, `<<`, `<<<`, `>&`, ...
  Word target;     ///< of `<<` the text between the delimiters
};

/// A simple command: assignments, words, redirections. Reserved words (`if`, `then`, `do`, `{`) are
/// no commands.
struct Command {
  enum class Joint : std::uint8_t { sequence, and_then, or_else, pipe };
  Joint joint = Joint::sequence;  ///< what ties it to the command before
  std::vector<Assignment> assignments;
  std::vector<Word> words;
  std::vector<Redirect> redirects;
  std::size_t offset = 0;  ///< of its first byte in the script
  unsigned depth = 0;      ///< how many substitutions, subshells and inner shells it is inside of
  /// Index of the first command of the pipeline it belongs to, those of a group included.
  std::size_t pipeline_start = 0;
  /// Commands of substitutions in its words stand before it: from this index to its own.
  std::size_t inner_start = 0;
  /// Not empty: the command is an argument of another one (`sudo`, `env`, `sh` with `-c`), which
  /// stands before it.
  std::string via;

  /// The name without its directory, or empty.
  [[nodiscard]] std::string_view name() const;
};

struct Script {
  std::vector<Command> commands;
  bool complete = true;  ///< false: quotes or parentheses are not closed, or it is nested too deep
};

using Variables = std::map<std::string, std::string, std::less<>>;

/// Splits a script into its simple commands by the grammar of sh(1) and bash(1): quotes, escapes,
/// comments, operators, compound commands, functions, here-documents, substitutions and the scripts
/// and commands that `sh -c`, `eval`, `env`, `sudo`, `xargs` and their like are given. Nothing is
/// run; variables are replaced where `variables` or an assignment in the script gives them a value.
/// Linear in the length of the script; what is nested deeper than 24 levels is read past.
Script parse(std::string_view script, const Variables& variables = {});

/// A command that is given as a list of words, as `execve` takes it.
Script parse_exec(const std::vector<std::string>& words, const Variables& variables = {});

/// Whether a program of that name is a POSIX-like shell.
bool is_shell(std::string_view name);

}  // namespace plimsoll::shell
