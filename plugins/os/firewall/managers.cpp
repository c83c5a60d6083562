#include "plugins/os/firewall/managers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "scanner/base/text.h"
#include "scanner/formats/systemd/effective.h"
#include "scanner/formats/systemd/enablement.h"
#include "scanner/formats/systemd/unit_index.h"

namespace plimsoll::firewall {
namespace {

constexpr auto kUnits = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"nftables", "nftables.service"},
    {"iptables", "netfilter-persistent.service"},
    {"firewalld", "firewalld.service"},
    {"ufw", "ufw.service"},
});

constexpr std::string_view kNftFile = "/etc/nftables.conf";

/// nft(8), "OPTIONS": the file of `nft -f FILE`, and what `-I` adds to the include path.
void take_command(Manager& manager, std::string_view command) {
  command = trim_left(command, "-@:+!");
  const auto parts = words(command);
  if (parts.empty() || base_name(parts[0]) != "nft") return;
  for (std::size_t i = 1; i + 1 < parts.size(); ++i) {
    if (parts[i] == "-f" || parts[i] == "--file")
      manager.files.emplace_back(parts[++i]);
    else if (parts[i] == "-I" || parts[i] == "--includepath")
      manager.include_directories.emplace_back(parts[++i]);
  }
}

void take_commands(Manager& manager, const systemd::LoadedUnit& loaded, Facts& facts) {
  Origin at;
  for (const systemd::Setting& setting : loaded.settings) {
    const std::string& key = setting.assignment.key;
    if (setting.assignment.section != "Service" || !key.starts_with("ExecStart")) continue;
    at = setting.assignment.origin;
    take_command(manager, setting.assignment.value);
  }
  if (manager.files.empty())
    facts.gap({ErrorCode::unsupported, "nftables.service does not load a file with `nft -f`", at},
              "nftables");
}

}  // namespace

Managers find_managers(const Root& root, Facts& facts) {
  Managers found;
  const systemd::UnitIndex index(root);
  const systemd::Enablement enablement(root, index);
  found.any_unit = !index.all().empty();
  for (const auto& [name, unit_name] : kUnits) {
    Manager manager;
    manager.name = name;
    manager.unit = unit_name;
    manager.state = "not-found";
    if (const auto unit = index.find(unit_name)) {
      const systemd::LoadedUnit loaded = systemd::load_unit(root, index, *unit);
      for (const Error& error : loaded.errors) facts.gap(error, manager.name);
      manager.state = enablement.state(*unit, loaded);
      manager.enabled = manager.state == "enabled" || manager.state == "enabled-runtime";
      manager.origin = {unit->fragment, 0, 0};
      if (name == "nftables" && !unit->masked) take_commands(manager, loaded, facts);
    }
    found.all.push_back(std::move(manager));
  }
  for (const Error& error : index.errors()) facts.gap(error);
  Manager& nftables = found.all[0];
  if (nftables.files.empty()) nftables.files.emplace_back(kNftFile);
  Manager& iptables = found.all[1];
  constexpr std::string_view kScripts = "/usr/share/netfilter-persistent/plugins.d/";
  iptables.loads_four = root.exists(fmt::format("{}15-ip4tables", kScripts));
  iptables.loads_six = root.exists(fmt::format("{}25-ip6tables", kScripts));
  iptables.enabled = iptables.enabled && (iptables.loads_four || iptables.loads_six);
  Manager& ufw = found.all[3];
  found.ufw = read_ufw_settings(root);
  // ufw(8): the script that the unit starts does nothing unless ENABLED says so.
  for (const Error& error : found.ufw.errors)
    facts.gap(error, ufw.enabled ? ufw.name : ufw.name + " > rules");
  ufw.enabled = ufw.enabled && found.ufw.complete && found.ufw.is_yes("ENABLED");
  return found;
}

}  // namespace plimsoll::firewall
