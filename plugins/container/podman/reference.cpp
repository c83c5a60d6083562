#include "plugins/container/podman/configs.h"
#include "scanner/base/text.h"

namespace plimsoll::podman {
namespace {

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool is_alphanumeric(char c) { return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z'); }

bool is_domain_part(std::string_view part) {
  if (part.empty() || part.front() == '-' || part.back() == '-') return false;
  for (const char c : part)
    if (!is_alphanumeric(c) && c != '-') return false;
  return true;
}

/// Words of small letters and digits, with one dot, one or two underscores or any number of dashes
/// between them.
bool is_path_part(std::string_view part) {
  while (!part.empty() && is_lower_or_digit(part.front())) {
    while (!part.empty() && is_lower_or_digit(part.front())) part.remove_prefix(1);
    if (part.empty()) return true;
    if (part.starts_with("__"))
      part.remove_prefix(2);
    else if (part.front() == '-')
      while (part.starts_with('-')) part.remove_prefix(1);
    else if (part.front() == '.' || part.front() == '_')
      part.remove_prefix(1);
    else
      return false;
  }
  return false;
}

}  // namespace

bool is_domain(std::string_view text) {
  const auto colon = text.find(':');
  if (colon != std::string_view::npos) {
    const std::string_view port = text.substr(colon + 1);
    if (port.empty() || port.find_first_not_of("0123456789") != std::string_view::npos)
      return false;
    text = text.substr(0, colon);
  }
  for (const std::string_view part : split(text, '.'))
    if (!is_domain_part(part)) return false;
  return true;
}

bool is_image_name(std::string_view text, std::string_view* domain) {
  constexpr std::size_t kLongest = 255;
  *domain = {};
  const auto slash = text.find('/');
  std::string_view path = text;
  if (slash != std::string_view::npos && is_domain(text.substr(0, slash))) {
    *domain = text.substr(0, slash);
    path = text.substr(slash + 1);
  }
  for (const std::string_view part : split(path, '/'))
    if (!is_path_part(part)) return false;
  return path.size() + domain->size() <= kLongest;
}

}  // namespace plimsoll::podman
