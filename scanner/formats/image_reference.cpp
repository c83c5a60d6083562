#include "scanner/formats/image_reference.h"

namespace plimsoll {
namespace {

/// The first component is a registry when it cannot be a directory of Docker Hub: it has a dot, a
/// port or capitals, or is `localhost`.
bool is_registry(std::string_view component) {
  return component == "localhost" ||
         component.find_first_of(".:ABCDEFGHIJKLMNOPQRSTUVWXYZ$") != std::string_view::npos;
}

}  // namespace

ImageReference read_image_reference(std::string_view text) {
  ImageReference out;
  if (const std::size_t at = text.find('@'); at != std::string_view::npos) {
    out.digest = text.substr(at + 1);
    text = text.substr(0, at);
  }
  const std::size_t slash = text.find('/');
  if (slash != std::string_view::npos && is_registry(text.substr(0, slash))) {
    out.registry = text.substr(0, slash);
    text.remove_prefix(slash + 1);
  } else {
    out.registry = "docker.io";
  }
  if (out.registry == "index.docker.io" || out.registry == "registry-1.docker.io")
    out.registry = "docker.io";
  // A colon before the last slash would be a port; one after it begins the tag.
  const std::size_t last = text.rfind('/');
  const std::size_t colon = text.find(':', last == std::string_view::npos ? 0 : last);
  out.repository = text.substr(0, colon);
  if (colon != std::string_view::npos) out.tag = text.substr(colon + 1);
  if (out.registry == "docker.io" && out.repository.find('/') == std::string::npos)
    out.repository.insert(0, "library/");
  return out;
}

}  // namespace plimsoll
