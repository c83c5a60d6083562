#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scanner/root/root.h"

namespace plimsoll {

/// What recomputing the digests of an image came to.
struct Digests {
  std::vector<std::string> altered;  ///< names of members whose bytes are others than their digest
  std::optional<Error> error;        ///< why some are not known
};

/// Reads every member that the description names. A blob is named by its digest (image-layout.md);
/// a layer of an older `docker save` is not packed, and its digest is the diff_id of the
/// configuration, which is named by its own.
Digests check_digests(const Root& root, const ImageDescription& image);

}  // namespace plimsoll
