#include "scanner/base/fact.h"

namespace plimsoll {

Fact& Facts::setting(std::string key, std::string value, Origin origin, std::string scope) {
  Fact& fact = rows.emplace_back();
  fact.scope = std::move(scope);
  fact.key = std::move(key);
  fact.value = std::move(value);
  fact.origin = std::move(origin);
  return fact;
}

Fact& Facts::row(std::vector<Value> fields, Origin origin) {
  Fact& fact = rows.emplace_back();
  fact.fields = std::move(fields);
  fact.origin = std::move(origin);
  return fact;
}

void Facts::gap(Error error, std::string subject, Gap::Effect effect) {
  gaps.push_back({std::move(error), std::move(subject), effect});
}

const Fact* Facts::find(std::string_view key, std::string_view scope) const {
  for (const Fact& fact : rows)
    if (fact.key == key && fact.scope == scope) return &fact;
  return nullptr;
}

}  // namespace plimsoll
