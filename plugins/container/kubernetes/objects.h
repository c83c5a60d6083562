#pragma once

#include "plugins/container/kubernetes/manifest.h"

namespace plimsoll::kubernetes {

/// Facts that every object has: version, namespace.
void write_common(Writer& writer, const Object& object);
/// What a workload says beside its pod: replicas, strategy, labels, spreading.
void write_controller(Writer& writer, const Object& object, const PodTemplate& parts);
/// Services, ingresses, namespaces, accounts, secrets, quotas and so on.
void write_other(Writer& writer, const Object& object);
/// PodSecurityPolicy and OpenShift's SecurityContextConstraints.
void write_security_policy(Writer& writer, const Object& object);

}  // namespace plimsoll::kubernetes
