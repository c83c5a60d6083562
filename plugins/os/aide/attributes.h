#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace plimsoll::aide {

using Attributes = std::set<std::string, std::less<>>;

/// The groups of aide.conf(5) that a name in an attribute expression can stand for.
class Groups {
 public:
  Groups();
  /// `p+i-md5+R`: from left to right. Nothing when a name is unknown or the form is wrong.
  [[nodiscard]] std::optional<Attributes> evaluate(std::string_view expression) const;
  void define(std::string name, Attributes attributes) {
    groups_.insert_or_assign(std::move(name), std::move(attributes));
  }

 private:
  std::map<std::string, Attributes, std::less<>> groups_;
};

}  // namespace plimsoll::aide
