#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/container/kubernetes/manifest.h"
#include "scanner/probe/probe.h"

namespace plimsoll::kubernetes::kustomize {

/// `kustomization.yaml`, `kustomization.yml`, `Kustomization`.
bool is_kustomization_name(std::string_view path);
/// The kustomization file of a directory; empty when it has none.
std::string kustomization_in(const Root& root, std::string_view directory);

enum class FileKind : std::uint8_t {
  kustomization,
  component,  ///< built by those who use it, never by itself
  other       ///< a file of that name that is somebody else's (Flux has a Kustomization as well)
};
/// Name, group and kind decide; a file of that name that says neither is a kustomization.
FileKind file_kind(const Document& document);

/// A name that leads out of the tree: an address, a repository.
bool is_remote(std::string_view name);
/// Text in place of a file's name: the patch itself.
bool is_inline(std::string_view text);

/// Which files of a tree are parts of what a kustomization builds.
struct Survey {
  /// By path, a kustomization that has it among its parts; that of a base is the one on top of it.
  std::map<std::string, std::string, std::less<>> part_of;
};
/// Reads every kustomization of the tree (DocumentClaim::survey). Those that only each other use
/// are parts of none.
std::shared_ptr<const void> survey(const Root& root, std::span<const std::string> paths);

}  // namespace plimsoll::kubernetes::kustomize
