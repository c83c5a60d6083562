#pragma once

#include <string_view>

#include "plugins/container/kube-flags/documents.h"
#include "plugins/container/kube-flags/launch.h"

namespace plimsoll::kube {

/// Containers that run `program` in the static pods of the node ("Create static Pods" of the
/// Kubernetes documentation).
void add_static_pods(const Root& root, std::string_view program, Launches& launches);

/// Containers that run `program` in the pods of a manifest, and in those that its workloads make.
void add_containers(const Objects& objects, std::string_view program, Launches& launches);

}  // namespace plimsoll::kube
