#pragma once

#include <map>
#include <string>

#include "plugins/container/kubernetes/manifest.h"

namespace plimsoll::kubernetes {

/// A pod with what its containers need of it.
struct Pod {
  PodTemplate parts;
  Node security = nullptr;  ///< its securityContext
  Node annotations = nullptr;
  bool is_windows = false;
  std::map<std::string_view, Node, std::less<>> host_paths;  ///< volumes by name: the path's node
};
Pod read_pod(const PodTemplate& parts);

struct Container {
  enum class Kind : std::uint8_t { ordinary, init, sidecar, ephemeral };
  Node root = nullptr;
  Node security = nullptr;
  Kind kind = Kind::ordinary;
  std::string_view name;
};

/// Facts of the pod itself, in the scope of its object.
void write_pod(Writer& writer, const Object& object, const Pod& pod);
/// Facts of each container below it. False when there are more than can be told.
bool write_containers(Writer& writer, const Pod& pod);
void write_container(Writer& writer, const Pod& pod, const Container& container);
/// The part of a container's facts that its and the pod's security context decide.
void write_security(Writer& writer, const Pod& pod, const Container& container);
/// Security contexts of the pod as they stand: what the Pod Security Standards look at.
void write_pod_security(Writer& writer, const Pod& pod);
/// What it is told by variables, arguments and image.
void write_program(Writer& writer, const Container& container);

}  // namespace plimsoll::kubernetes
