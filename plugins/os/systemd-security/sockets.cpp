#include "plugins/os/systemd-security/sockets.h"

#include <algorithm>

#include "scanner/formats/systemd/effective.h"
#include "scanner/formats/systemd/unit_name.h"
#include "scanner/formats/systemd/value_syntax.h"

namespace plimsoll::systemd_security {
namespace {

/// systemd.socket(5), ListenStream=: a path, `@name`, `vsock:...`, or a port with or without an
/// address.
bool is_on_network(std::string_view address) {
  if (address.starts_with('/') || address.starts_with('@') || address.starts_with("vsock:"))
    return false;
  return !address.starts_with("127.") && !address.starts_with("[::1]");
}

}  // namespace

Starters::Starters(const Root& root, const systemd::UnitIndex& index) {
  for (const systemd::DependencyLink& link : index.links()) linked_.insert(link.name);
  for (const std::string& name : index.all())
    if (systemd::type_of(name) == "socket")
      if (const auto unit = index.find(name);
          unit && std::any_of(unit->names.begin(), unit->names.end(),
                              [&](const std::string& own) { return linked_.contains(own); }))
        add_socket(root, index, *unit);
}

void Starters::add_socket(const Root& root, const systemd::UnitIndex& index,
                          const systemd::Unit& unit) {
  systemd::LoadedUnit loaded = systemd::load_unit(root, index, unit);
  errors_.insert(errors_.end(), loaded.errors.begin(), loaded.errors.end());
  if (loaded.state != "loaded") return;
  // systemd.socket(5), Service=: of the same name, or a template with Accept=yes
  std::string service(systemd::prefix_of(unit.name));
  const std::string_view instance = systemd::instance_of(unit.name);
  const auto* accept = loaded.find("Socket", "Accept");
  const auto* named = loaded.find("Socket", "Service");
  if (accept != nullptr && systemd::boolean(accept->assignment.value).value_or(false))
    service += "@.service";
  else if (named != nullptr)
    service = systemd::expand_name(named->assignment.value, unit.name).value_or("");
  else
    service += instance.empty() ? ".service" : "@" + std::string(instance) + ".service";
  std::vector<std::string>& addresses = sockets_[service];
  for (const systemd::Setting& setting : loaded.settings) {
    const std::string_view key = setting.directive->key();
    if (key != "ListenStream" && key != "ListenDatagram" && key != "ListenSequentialPacket")
      continue;
    const auto address = systemd::expand(setting.assignment.value, unit.name);
    if (address && is_on_network(*address)) addresses.push_back(*address);
  }
}

bool Starters::starts(const systemd::Unit& unit) const {
  return std::any_of(unit.names.begin(), unit.names.end(), [&](const std::string& name) {
    return linked_.contains(name) || sockets_.contains(name);
  });
}

std::vector<std::string> Starters::listens(const systemd::Unit& unit) const {
  std::vector<std::string> all;
  for (const std::string& name : unit.names)
    if (const auto found = sockets_.find(name); found != sockets_.end())
      all.insert(all.end(), found->second.begin(), found->second.end());
  return all;
}

}  // namespace plimsoll::systemd_security
