#pragma once

#include "scanner/root/root.h"

namespace plimsoll {

/// What the files of an image say: `manifest.json` of `docker save`, or `index.json` of the OCI
/// image layout (image-spec, image-layout.md, image-index.md, manifest.md). Several images
/// in one archive, also for several platforms, are an error: which of them is meant is not known.
Result<ImageDescription> describe_image(const ImageMember& member);

}  // namespace plimsoll
