#pragma once

#include <string>
#include <string_view>

namespace plimsoll {

/// The parts of a reference to a container image: `[registry/]repository[:tag][@digest]`.
struct ImageReference {
  std::string registry;    ///< `docker.io` where none is written
  std::string repository;  ///< without the registry; `library/debian` for `debian`
  std::string tag;         ///< empty: none is written (the registry takes `latest`, or the digest)
  std::string digest;      ///< `sha256:...`; empty: none

  /// `docker.io/library/debian`
  [[nodiscard]] std::string name() const { return registry + "/" + repository; }
};

/// Splits a reference and fills in what the programs do (distribution/reference: `docker.io` and
/// `library/`). Does not judge whether it is well-formed.
ImageReference read_image_reference(std::string_view text);

}  // namespace plimsoll
