#pragma once

#include <map>
#include <string>

#include "plugins/container/kubernetes/kustomize/resource.h"

namespace plimsoll::kubernetes::kustomize {

/// `vars`: names for fields of objects. Where a build has `$(NAME)` in one of the fields that
/// kustomize looks at (commands, arguments, environment, mount paths, labels, ...), the value of
/// the field stands in its place at the end ("vars", kubectl reference of the kustomization file).
class Variables {
 public:
  /// Notes the variables of one kustomization on its objects, when the rest of it is done. Objects
  /// are called as they were when they were read. False when kustomize would refuse it; `problem`
  /// says why.
  bool bind(std::vector<Resource>& all, Node list, std::string& problem);
  /// Puts values in place of names, when all kustomizations are done. False with a problem as
  /// above; with none where an object is not there.
  bool resolve(Nodes& nodes, std::vector<Resource>& all, std::string& problem) const;

 private:
  std::map<std::string, std::string> fields_;  ///< by name, the path of the field
};

}  // namespace plimsoll::kubernetes::kustomize
