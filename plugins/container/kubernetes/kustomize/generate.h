#pragma once

#include <string>

#include "plugins/container/kubernetes/kustomize/resource.h"
#include "scanner/base/result.h"

namespace plimsoll::kubernetes::kustomize {

/// Gives the text of a file that a kustomization names.
using ReadBeside = std::function<Result<std::string>(std::string_view name)>;

/// The ConfigMap or Secret of one entry of `configMapGenerator` or `secretGenerator`, without the
/// hash that its name ends in. What could not be read is a doubt of it.
Resource generated(Nodes& nodes, std::string_view kind, Node entry, Node options,
                   const ReadBeside& read);

}  // namespace plimsoll::kubernetes::kustomize
