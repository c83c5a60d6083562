#pragma once

#include "plugins/container/kubernetes/kustomize/nodes.h"

namespace plimsoll::kubernetes::kustomize {

/// An object with a strategic merge patch on top of it: maps merge, null removes, lists of things
/// with a name merge by it, other lists are replaced; `$patch` says otherwise. Null when the patch
/// removes the object. ("Update API Objects in Place Using kubectl patch", Kubernetes
/// documentation; which lists merge by which key is in the OpenAPI description,
/// x-kubernetes-patch-merge-key.)
Node strategic_merge(Nodes& nodes, Node object, Node patch);

}  // namespace plimsoll::kubernetes::kustomize
