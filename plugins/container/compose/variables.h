#pragma once

#include <map>
#include <string>
#include <string_view>

namespace plimsoll::compose {

/// What variables stand for: those of the .env file of the project. The environment of whoever runs
/// the program is not known.
using Variables = std::map<std::string, std::string, std::less<>>;

struct Expansion {
  std::string text;
  std::string literal;  ///< without what variables gave; defaults are in it
  bool open = false;    ///< a variable without a value and without a default had a part
  std::string problem;  ///< not empty: the program refuses the text
};

/// Replaces `$NAME`, `${NAME}` and its forms with `:-` `-` `:?` `?` `:+` `+`, and `$$`
/// (Compose specification, Interpolation).
Expansion expand(std::string_view text, const Variables& variables);

/// Reads a .env file: `NAME=value`, quotes, comments; later lines see earlier ones.
void read_env_file(std::string_view text, Variables& variables);

}  // namespace plimsoll::compose
