#include "plugins/os/firewall/ruleset.h"

#include <algorithm>

namespace plimsoll::firewall {

Chain& Table::add(const std::string& chain, Origin where) {
  chains.push_back(std::make_unique<Chain>());
  Chain& made = *chains.back();
  made.name = chain;
  made.origin = std::move(where);
  by_name[chain] = &made;
  return made;
}

void Table::remove(std::string_view chain) {
  const auto found = by_name.find(chain);
  if (found == by_name.end()) return;
  const Chain* gone = found->second;
  by_name.erase(found);
  std::erase_if(chains, [&](const auto& each) { return each.get() == gone; });
}

Table& Ruleset::add(const std::string& family, const std::string& name, Origin where) {
  tables.push_back(std::make_unique<Table>());
  Table& made = *tables.back();
  made.family = family;
  made.name = name;
  made.origin = std::move(where);
  by_name[{family, name}] = &made;
  return made;
}

void Ruleset::remove(const std::string& family, const std::string& name) {
  const auto found = by_name.find({family, name});
  if (found == by_name.end()) return;
  const Table* gone = found->second;
  by_name.erase(found);
  std::erase_if(tables, [&](const auto& each) { return each.get() == gone; });
}

void Ruleset::clear(std::string_view family) {
  std::erase_if(by_name,
                [&](const auto& each) { return family.empty() || each.second->family == family; });
  std::erase_if(tables, [&](const auto& each) { return family.empty() || each->family == family; });
}

}  // namespace plimsoll::firewall
