#pragma once

#include <string>
#include <vector>

#include "plugins/os/aide/attributes.h"
#include "scanner/base/fact.h"
#include "scanner/root/root.h"

namespace plimsoll::aide {

struct Item {
  enum class Kind : std::uint8_t { option, group, rule };
  Kind kind = Kind::option;
  std::string name;   // of an option or group; a rule's regular expression
  std::string value;  // of an option
  char sign = ' ';    // of a rule: `!`, `=` or a blank
  std::vector<std::string> types;
  Attributes attributes;
  Origin origin;
};

struct Configuration {
  std::vector<Item> items;
  std::vector<Gap> gaps;
};

Configuration read_configuration(const Root& root, const std::string& main_file);

}  // namespace plimsoll::aide
