#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/container/kubernetes/manifest.h"

namespace plimsoll::kubernetes::kustomize {

// Field paths of `replacements` and `vars`: dots between parts, a dot in a key as `\.`.

/// `spec.containers.[name=app].image`, `metadata.annotations.a\.b/c`: its parts.
std::vector<std::string> parts_of(std::string_view path);
/// Whether a list's element is meant by `[key=value]`, `*` or its position.
bool is_meant(std::string_view part, Node element, std::size_t position);
/// What is there, in lists the first element that is meant; null for nothing.
Node read_at(Node node, std::span<const std::string> path);

}  // namespace plimsoll::kubernetes::kustomize
