#include "plugins/container/kubernetes/selector.h"

#include <algorithm>

namespace plimsoll::kubernetes {
namespace {

const std::string* value_of(const Labels& labels, const std::string& key) {
  const auto found = std::lower_bound(
      labels.begin(), labels.end(), key,
      [](const auto& label, const std::string& wanted) { return label.first < wanted; });
  return found == labels.end() || found->first != key ? nullptr : &found->second;
}

// NotIn and DoesNotExist hold where there is no such label.
bool holds(const Selector::Expression& expression, const Labels& labels) {
  const std::string* value = value_of(labels, expression.key);
  const auto& values = expression.values;
  const bool listed =
      value != nullptr && std::find(values.begin(), values.end(), *value) != values.end();
  if (expression.op == "In") return listed;
  if (expression.op == "NotIn") return !listed;
  if (expression.op == "Exists") return value != nullptr;
  if (expression.op == "DoesNotExist") return value == nullptr;
  return false;
}

}  // namespace

Labels labels_of(Node mapping) {
  Labels out;
  for (const DataEntry& entry : pairs(mapping))
    if (entry.key->is_scalar()) out.emplace_back(entry.key->text, text_of(entry.value));
  std::sort(out.begin(), out.end());
  return out;
}

bool Selector::selects(const Labels& labels) const {
  const auto has = [&](const auto& wanted) {
    const std::string* value = value_of(labels, wanted.first);
    return value != nullptr && *value == wanted.second;
  };
  return std::all_of(equal.begin(), equal.end(), has) &&
         std::all_of(expressions.begin(), expressions.end(),
                     [&](const Expression& one) { return holds(one, labels); });
}

Selector plain_selector_of(Node node) { return {labels_of(node), {}}; }

Selector selector_of(Node node) {
  Selector out{labels_of(field(node, "matchLabels")), {}};
  for (const DataEntry& entry : items(field(node, "matchExpressions"))) {
    Selector::Expression expression{
        text_of(field(entry.value, "key")), text_of(field(entry.value, "operator")), {}};
    for (const DataEntry& value : items(field(entry.value, "values")))
      expression.values.push_back(text_of(value.value));
    out.expressions.push_back(std::move(expression));
  }
  return out;
}

}  // namespace plimsoll::kubernetes
