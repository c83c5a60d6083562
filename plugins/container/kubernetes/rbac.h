#pragma once

#include <string_view>
#include <vector>

#include "plugins/container/kubernetes/manifest.h"

namespace plimsoll::kubernetes {

/// Something that a role lets its holder do, and the rule of the role that says so.
struct Grant {
  std::string_view power;  ///< `secrets-read`; the names stand in the README
  Node place = nullptr;
};
/// What the rules of a Role or ClusterRole grant, each power once.
std::vector<Grant> grants_of(Node rules);

/// Objects that the control plane or the provider keeps: nobody writes them by hand.
bool is_managed_name(std::string_view name);

void write_role(Writer& writer, const Object& object);
void write_binding(Writer& writer, const Object& object);

}  // namespace plimsoll::kubernetes
