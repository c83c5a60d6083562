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
  /// Options that MariaDB 10.11 does not have, or only suffers, as they are written.
  std::map<std::string, Variable, std::less<>> unknown;
  /// Why the server does not start; `unsupported` are options that another server may have.
  std::vector<Error> refused;

  [[nodiscard]] const Variable* find(std::string_view slot) const;
  void put(std::string_view slot, std::string value, const Origin& origin);
};

/// Goes through the arguments as the server does (my_getopt.c, mysqld.cc).
Variables take_arguments(const std::vector<Argument>& arguments);

}  // namespace plimsoll::mysql
