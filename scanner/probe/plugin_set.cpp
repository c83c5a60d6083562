#include "scanner/probe/plugin_set.h"

#include <algorithm>

namespace plimsoll {
namespace {

// One list for the process, as the processes of the plug-ins are its children.
std::vector<std::shared_ptr<const Probe>>& added() {
  static std::vector<std::shared_ptr<const Probe>> probes;
  return probes;
}

}  // namespace

bool add_probe(std::shared_ptr<const Probe> probe) {
  if (find_probe(probe->name) != nullptr) return false;
  added().push_back(std::move(probe));
  return true;
}

std::vector<const Probe*> all_probes() {
  const auto builtin = builtin_probes();
  std::vector<const Probe*> out(builtin.begin(), builtin.end());
  for (const auto& probe : added()) out.push_back(probe.get());
  std::sort(out.begin(), out.end(),
            [](const Probe* a, const Probe* b) { return a->name < b->name; });
  return out;
}

const Probe* find_probe(std::string_view name) {
  if (const Probe* builtin = find_builtin_probe(name)) return builtin;
  for (const auto& probe : added())
    if (probe->name == name) return probe.get();
  return nullptr;
}

}  // namespace plimsoll
