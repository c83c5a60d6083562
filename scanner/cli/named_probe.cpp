#include "scanner/cli/named_probe.h"

#include <fmt/format.h>

#include "scanner/base/nearest.h"
#include "scanner/cli/terminal.h"

namespace plimsoll {

const Probe* probe_or_error(const std::string& name) {
  if (const Probe* probe = find_probe(name)) return probe;
  std::vector<std::string_view> names;
  for (const Probe* probe : all_probes()) names.push_back(probe->name);
  const std::string near = nearest_name(name, names);
  print_error(fmt::format("unknown probe `{}`", name),
              near.empty() ? "`plimsoll probes` lists them" : did_you_mean(near));
  return nullptr;
}

}  // namespace plimsoll
