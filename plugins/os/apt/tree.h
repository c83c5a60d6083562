#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/fact.h"

namespace plimsoll::apt {

/// One option: the value of its own, and the options below it in the order in which they came.
struct Node {
  std::string tag;  ///< as first written; empty for an element of a list
  std::string value;
  Origin origin;
  std::vector<Shadowed> shadowed;
  Node* parent = nullptr;
  std::vector<std::unique_ptr<Node>> children;
  std::map<std::string, Node*, std::less<>> by_tag;  ///< lower case; elements of lists are not here
};

/// A value and where it comes from.
struct Element {
  std::string value;
  Origin origin;
};

/// A path without `//` and `/./`; unlike normal_path() it may stay relative and keeps `..`.
std::string plain_path(std::string_view path);

/// The options as apt keeps them: names are paths of tags with `::` between them, their case makes
/// no difference, and an empty tag is a new element each time it is set (apt.conf(5)).
class Tree {
 public:
  void set(std::string_view name, std::string value, const Origin& origin);
  /// Sets it where it has no value yet: a default.
  void set_default(std::string_view name, std::string value);
  /// `#clear`: the option loses its value and all that is below it.
  void clear(std::string_view name, const Origin& origin);
  [[nodiscard]] const Node* find(std::string_view name) const;
  /// The value, or the other one where it has none.
  [[nodiscard]] std::string value(std::string_view name, std::string_view otherwise = {}) const;
  /// The path that a name below `Dir` stands for; a relative one goes below its parents' paths.
  [[nodiscard]] std::string file(std::string_view name, std::string_view otherwise) const;
  /// A list, written as a list or in one value with commas.
  [[nodiscard]] std::vector<Element> list(std::string_view name,
                                          std::string_view otherwise = {}) const;
  [[nodiscard]] const Node& top() const { return top_; }

 private:
  Node* find_or_add(std::string_view name);

  Node top_;
};

}  // namespace plimsoll::apt
