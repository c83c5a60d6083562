#include <algorithm>
#include <array>

#include "scanner/probe/probe.h"

namespace plimsoll {

// The build lists every folder below plugins/GROUP/ that has a page (README.md): folder
// `apt-sources` defines `apt_sources_probe`.
#define PLIMSOLL_PROBE(name) extern const Probe name##_probe;
#include "plugins/probes.inc"
#undef PLIMSOLL_PROBE

namespace {
constexpr std::array kProbes = {
#define PLIMSOLL_PROBE(name) &name##_probe,
#include "plugins/probes.inc"
#undef PLIMSOLL_PROBE
};
}  // namespace

std::span<const Probe* const> builtin_probes() { return kProbes; }

const Probe* find_builtin_probe(std::string_view name) {
  const auto found = std::find_if(kProbes.begin(), kProbes.end(),
                                  [&](const Probe* probe) { return probe->name == name; });
  return found == kProbes.end() ? nullptr : *found;
}

}  // namespace plimsoll
