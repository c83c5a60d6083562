#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/service/redis/options.h"
#include "scanner/base/fact.h"

namespace plimsoll::redis {

/// What lines give to one parameter.
struct Setting {
  std::string value;  ///< as CONFIG GET prints it
  Origin origin;
  std::vector<Shadowed> earlier;
};

/// `user NAME RULE...`: the rules of a selector in parentheses are one word.
struct UserLine {
  std::string name;
  std::vector<std::string> rules;
  Origin origin;
};

/// A line with its arguments as they are: `rename-command`, `loadmodule`, parameters of modules.
struct OtherLine {
  std::string key;
  std::vector<std::string> arguments;
  Origin origin;
};

/// What configuration files and a command line say, read in order.
struct Configuration {
  Version version = Version::v7;
  std::map<std::string_view, Setting> settings;  ///< by the name of the option
  std::vector<UserLine> users;
  std::vector<OtherLine> others;
  /// Names that lead to another command than their own, or to none: `name` → command; empty: none.
  /// All in lower case.
  std::map<std::string, std::string, std::less<>> commands;
  std::string directory = "/";   ///< where the server works
  std::vector<Origin> files;     ///< read, in order
  std::vector<Error> gaps;       ///< what could not be read
  std::optional<Error> refused;  ///< the server does not start

  /// What holds in the end: of a line, or the default. Empty for a name of another version.
  [[nodiscard]] std::string_view value(std::string_view name) const;
  [[nodiscard]] Origin origin(std::string_view name) const;
  [[nodiscard]] bool loads_modules() const;
};

}  // namespace plimsoll::redis
