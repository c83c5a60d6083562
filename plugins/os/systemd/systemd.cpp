#include "scanner/base/text.h"
#include "scanner/formats/systemd/effective.h"
#include "scanner/formats/systemd/enablement.h"
#include "scanner/formats/systemd/unit_name.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace {

constexpr std::array kFields = {
    Field{"@load-state", Type::text, "`loaded`, `masked` or `bad-setting`; scope: the unit"},
    Field{"@unit-file-state", Type::text, "as `systemctl is-enabled` prints it; scope: the unit"},
};

constexpr std::array<std::string_view, 2> kFiles = {"/etc/systemd/system/a.service",
                                                    "/etc/systemd/system/a.service.d/a.conf"};

void add_unit(Facts& facts, const Root& root, const systemd::UnitIndex& index,
              const systemd::Enablement& enablement, const systemd::Unit& unit) {
  systemd::LoadedUnit loaded = systemd::load_unit(root, index, unit);
  if (!loaded.state.empty())
    facts.setting("@load-state", std::string(loaded.state), {unit.fragment}, unit.name);
  std::string state = enablement.state(unit, loaded);
  if (!state.empty())
    facts.setting("@unit-file-state", std::move(state), {unit.fragment}, unit.name);
  for (systemd::Setting& setting : loaded.settings) {
    systemd::Assignment& found = setting.assignment;
    Fact& fact = facts.setting(lower(setting.directive->key()), std::move(found.value),
                               std::move(found.origin), unit.name + " [" + found.section + "]");
    fact.shadowed = std::move(setting.shadowed);
  }
  for (Error& error : loaded.errors) facts.gap(std::move(error), unit.name);
}

Facts read_systemd(const Request& request) {
  Facts facts;
  const systemd::UnitIndex index(request.root);
  const systemd::Enablement enablement(request.root, index);
  for (const std::string& name : index.all())
    if (const auto unit = index.find(name)) add_unit(facts, request.root, index, enablement, *unit);
  for (const Error& error : index.errors()) facts.gap(error);
  if (facts.rows.empty() && facts.gaps.empty())
    facts.not_applicable = "there is no unit file in any of systemd's directories";
  return facts;
}

}  // namespace

extern const Probe systemd_probe;
const Probe systemd_probe{
    .name = "systemd",
    .group = "os",
    .summary = "units as systemd loads them, after drop-ins, masks and aliases",
    .semantics = "systemd.unit(5), systemd.syntax(7), systemd.directives(7), systemctl(1)",
    .shape = Shape::settings,
    .fields = kFields,
    .read = read_systemd,
    .files = kFiles,
};

}  // namespace plimsoll
