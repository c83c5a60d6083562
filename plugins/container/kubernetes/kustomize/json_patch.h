#pragma once

#include <optional>
#include <string>

#include "plugins/container/kubernetes/kustomize/nodes.h"

namespace plimsoll::kubernetes::kustomize {

/// An object after the operations of a JSON Patch (RFC 6902), one after the other. Empty when one
/// of them cannot be carried out; `problem` says which and why.
std::optional<Node> json_patch(Nodes& nodes, Node object, Node operations, std::string& problem);

}  // namespace plimsoll::kubernetes::kustomize
