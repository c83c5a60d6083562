#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "plugins/service/apache2/tree.h"

namespace plimsoll::apache2 {

/// The main server, or a virtual host; what the latter does not say it has from the former.
struct Server {
  const Directive* section = nullptr;
  std::string scope;
  const Server* main = nullptr;  ///< null for the main server itself
  std::unordered_map<std::string_view, std::vector<const Directive*>> lines;

  /// The last line of that directive, be it the main server's; null where there is none.
  [[nodiscard]] const Directive* line(std::string_view name) const;
  [[nodiscard]] bool has_tls() const;
  /// It answers with a redirect to another place and nothing else.
  [[nodiscard]] bool only_redirects() const;
};

/// The main server first.
std::vector<Server> servers_of(const Tree& tree);

/// Who gets past the rules of a section.
enum class Access : std::uint8_t { unsaid, denied, limited, open };
Access access_of(const Directive& section);

/// The versions that a value of SSLProtocol leaves, as mod_ssl reads it.
std::string tls_versions(std::string_view value);

/// The options that lines of Options leave switched on, in the order of the manual.
std::string options_on(const std::vector<const Directive*>& lines);

/// The scheme and host of a URL are on this machine.
bool is_on_host(std::string_view url);

}  // namespace plimsoll::apache2
