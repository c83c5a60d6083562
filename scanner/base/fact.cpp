#include "scanner/base/fact.h"

#include <algorithm>
#include <array>
#include <utility>

namespace plimsoll {
namespace {
constexpr std::array<std::string_view, 9> kTypeNames = {
    "text", "boolean", "integer", "mode", "duration", "size", "version", "list", "set"};

constexpr std::size_t kManyGaps = 256;
constexpr std::ptrdiff_t kGapsLookedAt = 8;  // a file may be wrong in several ways by turns

bool differ_in_line_only(const Gap& a, const Gap& b) {
  return a.error.code == b.error.code && a.error.what == b.error.what &&
         a.error.where.file == b.error.where.file && a.subject == b.subject &&
         a.effect == b.effect && a.fields == b.fields;
}
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
  Gap made{std::move(error), std::move(subject), effect, std::move(fields)};
  if (gaps.size() >= kManyGaps) {
    const auto is_alike = [&](const Gap& other) { return differ_in_line_only(made, other); };
    const auto known = std::find_if(gaps.end() - kGapsLookedAt, gaps.end(), is_alike);
    if (known != gaps.end()) {
      ++known->alike;
      return;
    }
  }
  gaps.push_back(std::move(made));
}

const Fact* Facts::find(std::string_view key, std::string_view scope) const {
  for (const Fact& fact : rows)
    if (fact.key == key && fact.scope == scope) return &fact;
  return nullptr;
}

}  // namespace plimsoll
