#include "plugins/os/apt-sources/source.h"

namespace plimsoll::apt {

std::optional<Address> parse_address(std::string_view uri) {
  const std::size_t colon = uri.find(':');
  if (colon == uri.npos) return {};
  Address out;
  out.transport = uri.substr(0, colon);
  std::string_view rest = uri.substr(colon + 1);
  if (rest.size() > 2 && rest.starts_with("//")) rest.remove_prefix(2);
  // URI::CopyFrom(): a slash inside of brackets belongs to the host.
  bool in_brackets = false;
  std::size_t slash = 0;
  for (; slash < rest.size() && (rest[slash] != '/' || in_brackets); ++slash) {
    if (rest[slash] == '[') in_brackets = true;
    if (rest[slash] == ']') in_brackets = false;
  }
  std::string_view host = rest.substr(0, slash);
  if (const std::size_t at = host.rfind('@'); at != host.npos && at > 0) host.remove_prefix(at + 1);
  std::string path(rest.substr(slash));
  if (!path.ends_with('/')) path += '/';
  if (host.starts_with('[') && host.ends_with(']') && host.find_first_of(":/") == host.npos)
    host = host.substr(1, host.size() - 2);
  out.text = out.transport + ":" + (host.empty() ? "" : "//" + std::string(host)) + path;
  const std::size_t bracket = host.rfind(']');
  const std::size_t port = host.find(':', bracket == host.npos ? 0 : bracket);
  out.host = host.substr(0, port);
  return out;
}

}  // namespace plimsoll::apt
