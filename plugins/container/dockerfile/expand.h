#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/formats/shell_command.h"

namespace plimsoll::dockerfile {

/// The variables that an instruction sees.
struct Scope {
  shell::Variables known;
  std::set<std::string, std::less<>>
      open;  ///< declared, but only the one who builds gives them a value
  std::set<std::string, std::less<>> fixed;  ///< of ENV: ARG does not change them

  mutable int patterns_left = 200;  ///< `${x#pattern}` and the like are dear

  void set(const std::string& name, std::string value, bool is_env);
  void declare(const std::string& name, bool is_env);
};

struct Expanded {
  std::string text;
  bool open = false;    ///< some variable has no value here; it stands as written
  bool broken = false;  ///< a quote or brace without an end: the builder refuses it
  bool quoted = false;
};

/// Quotes removed and variables replaced, as BuildKit does for ADD, COPY, ENV, EXPOSE, FROM, LABEL,
/// STOPSIGNAL, USER, VOLUME, WORKDIR and ARG (Dockerfile reference, "Environment replacement").
Expanded expand(std::string_view word, const Scope& scope, char escape);

/// The names of the variables that a word refers to.
std::vector<std::string> references(std::string_view word, char escape);

}  // namespace plimsoll::dockerfile
