#include "plugins/container/kube-flags/launch.h"

#include <fmt/format.h>

#include "plugins/container/kube-flags/manifest.h"
#include "plugins/container/kube-flags/rancher.h"
#include "plugins/container/kube-flags/unit_command.h"

namespace plimsoll::kube {

Launches find_launches(const Root& root, std::string_view program) {
  Launches launches;
  add_static_pods(root, program, launches);
  add_unit(root, fmt::format("{}.service", program), program, launches);
  add_rancher(root, program, launches);
  for (std::size_t i = 0; i < launches.found.size(); ++i)
    launches.found[i].scope = i == 0 ? std::string() : launches.found[i].origin.file;
  return launches;
}

std::string release_of(std::string_view text) {
  if (text.starts_with('v')) text.remove_prefix(1);
  const auto end = text.find_first_not_of("0123456789.");
  const std::string_view number = text.substr(0, end);
  const bool is_release = number.find('.') != std::string_view::npos && !number.starts_with('.') &&
                          !number.ends_with('.') &&
                          (end == std::string_view::npos || text[end] == '-' || text[end] == '+');
  return is_release ? std::string(number) : std::string();
}

}  // namespace plimsoll::kube
