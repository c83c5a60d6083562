#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/container/kubernetes/kustomize/nodes.h"
#include "scanner/base/result.h"

namespace re2 {
class RE2;
}

namespace plimsoll::kubernetes::kustomize {

/// What an object is found by.
struct Id {
  std::string group, version, kind, name, space;
  friend bool operator==(const Id&, const Id&) = default;
};

/// An object on its way through kustomizations.
struct Resource {
  Node root = nullptr;
  std::vector<Id> former;                   ///< what it was called before, the first one first
  std::vector<Error> doubts;                ///< what could not be worked out of it
  std::vector<std::string> variables = {};  ///< those that have their values from it (vars.h)

  [[nodiscard]] Id id() const;
  /// What it was called when it was read.
  [[nodiscard]] Id first_id() const { return former.empty() ? id() : former.front(); }
  /// Whether it has, or had, that kind, name and namespace; what the wanted id leaves empty may be
  /// anything, and no namespace is `default`.
  [[nodiscard]] bool answers_to(const Id& wanted) const;
  /// To be called before anything changes its kind, name or namespace.
  void remember() {
    if (Id now = id(); former.empty() || former.back() != now) former.push_back(std::move(now));
  }
};
Id id_of(Node root);
bool is_cluster_wide(std::string_view kind);
/// What has no namespace of its own is in `default`.
std::string_view space_or_default(std::string_view space);

/// An expression of RE2 that must match the whole of a text; an empty one matches every text.
class WholeMatch {
 public:
  explicit WholeMatch(std::string expression);
  [[nodiscard]] bool matches(std::string_view text) const;

 private:
  std::string expression_;
  std::shared_ptr<const re2::RE2> compiled_;
};

/// Which resources a patch is for (`target`): expressions that match the whole of a name, and
/// label selectors.
class Target {
 public:
  explicit Target(Node selector);
  [[nodiscard]] bool selects(const Resource& resource) const;
  /// False where a selector has sets (`in (a, b)`), which are not worked out here.
  [[nodiscard]] bool is_understood() const;

 private:
  [[nodiscard]] bool matches(const Id& id) const;
  WholeMatch group_, version_, kind_, name_, space_;
  std::string labels_, annotations_;
};

/// The node with what `change` makes of each value at that path, lists on the way gone through one
/// element after the other. `change` is given null where nothing is and `create` says to make it;
/// it may return null to leave things as they are.
using Change = std::function<Node(Node)>;
Node change_at(Nodes& nodes, Node node, std::span<const std::string_view> path, bool create,
               const Change& change);

/// `spec/template/metadata/labels` as its parts.
std::vector<std::string_view> path_parts(std::string_view path);

}  // namespace plimsoll::kubernetes::kustomize
