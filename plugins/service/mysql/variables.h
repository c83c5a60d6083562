#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/service/mysql/option_file.h"
#include "plugins/service/mysql/options.h"
#include "scanner/base/fact.h"

namespace plimsoll::mysql {

/// What a variable holds, where it comes from, and what it held before.
struct Variable {
  std::string value;
  Origin origin;
  std::vector<Shadowed> earlier;
};

/// The variables after all arguments, by the name under which they are kept.
struct Variables {
  std::map<std::string, Variable, std::less<>> set;
  /// Options that this server does not have, as they are written: a plug-in may know them.
  std::map<std::string, Variable, std::less<>> unknown;
  std::vector<Error> refused;  ///< why the server does not start

  [[nodiscard]] const Variable* find(std::string_view slot) const;
  void put(std::string_view slot, std::string value, const Origin& origin);
};

/// Goes through the arguments as the server does (my_getopt.c, mysqld.cc).
Variables take_arguments(const std::vector<Argument>& arguments);

}  // namespace plimsoll::mysql
