#pragma once

#include <string>
#include <utility>
#include <vector>

#include "plugins/container/kubernetes/manifest.h"

namespace plimsoll::kubernetes {

/// Labels of an object, sorted by key.
using Labels = std::vector<std::pair<std::string, std::string>>;
Labels labels_of(Node mapping);

/// A label selector (API reference, LabelSelector). All its parts must hold; without any it selects
/// everything.
struct Selector {
  struct Expression {
    std::string key, op;
    std::vector<std::string> values;
  };
  Labels equal;
  std::vector<Expression> expressions;

  [[nodiscard]] bool is_empty() const { return equal.empty() && expressions.empty(); }
  [[nodiscard]] bool selects(const Labels& labels) const;
};
/// `matchLabels` and `matchExpressions`.
Selector selector_of(Node node);
/// The older form: a mapping of labels.
Selector plain_selector_of(Node node);

}  // namespace plimsoll::kubernetes
