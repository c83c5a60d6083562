#pragma once

#include <string_view>

#include "plugins/container/kube-flags/launch.h"

namespace plimsoll::kube {

/// What k3s or RKE2 starts the program with: its own choice, and over it what /etc/rancher and the
/// command line of its unit say (`kube-apiserver-arg`, `kubelet-arg`).
void add_rancher(const Root& root, std::string_view program, Launches& launches);

}  // namespace plimsoll::kube
