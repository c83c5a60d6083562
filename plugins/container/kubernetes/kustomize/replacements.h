#pragma once

#include <string>

#include "plugins/container/kubernetes/kustomize/resource.h"

namespace plimsoll::kubernetes::kustomize {

/// Carries out one of `replacements`: a value of one object is written into others. False when
/// kustomize would refuse it; `problem` says why, and is empty where an object is not there.
bool replace(Nodes& nodes, std::vector<Resource>& all, Node replacement, std::string& problem);

}  // namespace plimsoll::kubernetes::kustomize
