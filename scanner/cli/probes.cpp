#include "scanner/cli/named_probe.h"
#include "scanner/cli/options.h"
#include "scanner/cli/safety.h"
#include "scanner/cli/terminal.h"
#include "scanner/report/probe_list.h"

namespace plimsoll {
namespace {

std::string names_text(const std::vector<const Probe*>& probes) {
  std::string out;
  for (const Probe* probe : probes) (out += probe->name) += '\n';
  return out;
}

}  // namespace

int run_probes(const ProbesOptions& options) {
  if (!start_plugins(options.plugin_dirs)) return kExitFailed;
  std::vector<const Probe*> probes = all_probes();
  if (!options.name.empty()) {
    const Probe* probe = probe_or_error(options.name);
    if (probe == nullptr) return kExitFailed;
    probes = {probe};
  }
  if (options.format == "names") return print_and_return(names_text(probes), kExitOk);
  if (options.format == "json") return print_and_return(probes_json(probes), kExitOk);
  const bool color = want_color(options.color);
  const std::size_t width = terminal_width();
  return print_and_return(options.name.empty() ? probe_list_text(probes, color, width)
                                               : probe_page_text(*probes.front(), color, width),
                          kExitOk);
}

}  // namespace plimsoll
