#pragma once

#include <functional>
#include <string>

#include "scanner/root/root.h"

namespace plimsoll {

/// The text of a member of an image's archive or directory, by its name without a leading slash.
using ImageMember = std::function<Result<std::string>(const std::string& name)>;

/// What the files of an image say: `manifest.json` of `docker save`, or `index.json` of the OCI
/// image layout (image-spec, image-layout.md, image-index.md, manifest.md). Of several images the
/// first that is there counts.
Result<ImageDescription> describe_image(const ImageMember& member);

}  // namespace plimsoll
