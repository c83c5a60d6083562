#pragma once

#include "scanner/root/root.h"

namespace plimsoll {

/// What the files of an image say: `manifest.json` of `docker save`, or `index.json` of the OCI
/// image layout (image-spec, image-layout.md, image-index.md, manifest.md). Of several images the
/// first that is there counts.
Result<ImageDescription> describe_image(const ImageMember& member);

}  // namespace plimsoll
