#include "plugins/service/redis/configuration.h"

#include <algorithm>

namespace plimsoll::redis {

std::string_view Configuration::value(std::string_view name) const {
  if (const auto found = settings.find(name); found != settings.end()) return found->second.value;
  const Option* option = OptionTable::of(version).named(name);
  return option == nullptr ? std::string_view() : option->fallback;
}

Origin Configuration::origin(std::string_view name) const {
  const auto found = settings.find(name);
  return found == settings.end() ? Origin{} : found->second.origin;
}

bool Configuration::loads_modules() const {
  return std::any_of(others.begin(), others.end(),
                     [](const OtherLine& one) { return one.key == "loadmodule"; });
}

}  // namespace plimsoll::redis
