#include "scanner/base/fact.h"

#include <algorithm>
#include <array>

namespace plimsoll {
namespace {
constexpr std::array<std::string_view, 9> kTypeNames = {
    "text", "boolean", "integer", "mode", "duration", "size", "version", "list", "set"};
}  // namespace

std::string_view name_of(Type type) { return kTypeNames.at(static_cast<std::size_t>(type)); }

std::optional<Type> type_named(std::string_view name) {
  const auto found = std::find(kTypeNames.begin(), kTypeNames.end(), name);
  if (found == kTypeNames.end()) return std::nullopt;
  return static_cast<Type>(found - kTypeNames.begin());
}

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

void Facts::gap(Error error, std::string subject, Gap::Effect effect,
                std::vector<std::string_view> fields) {
  gaps.push_back({std::move(error), std::move(subject), effect, std::move(fields)});
}

const Fact* Facts::find(std::string_view key, std::string_view scope) const {
  for (const Fact& fact : rows)
    if (fact.key == key && fact.scope == scope) return &fact;
  return nullptr;
}

}  // namespace plimsoll
