#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/container/kubernetes/kustomize/transform.h"
#include "scanner/base/fact.h"
#include "scanner/root/root.h"

namespace plimsoll::kubernetes::kustomize {

/// What `kustomize build` makes of a directory, as far as its files tell it.
struct Build {
  Resources resources;
  SourceFiles files;  ///< by DataNode::file
  std::vector<Gap> gaps;
  std::unique_ptr<Nodes> nodes;  ///< what the resources are made of, with `trees`
  std::deque<DataTree> trees;
};

/// Builds a kustomization, given its text: resources and bases, components, generators, patches,
/// and the fields that change every resource, in the order in which kustomize applies them. Names
/// of generated objects have no hash. What kustomize would refuse is a gap, and nothing is built.
Build build(const Root& root, std::string_view path, std::string_view text);

}  // namespace plimsoll::kubernetes::kustomize
