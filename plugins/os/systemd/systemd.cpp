#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "scanner/base/text.h"
#include "scanner/formats/systemd/effective.h"
#include "scanner/formats/systemd/enablement.h"
#include "scanner/formats/systemd/unit_name.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace {

constexpr std::size_t kSettings = 1U << 19U;  // of all units: one drop-in may be that of each

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
    if (found.value.empty() && setting.directive->empty == systemd::Empty::turns_on) continue;
    Fact& fact = facts.setting(lower(setting.directive->key()), std::move(found.value),
                               std::move(found.origin), unit.name + " [" + found.section + "]");
    fact.shadowed = std::move(setting.shadowed);
  }
  for (Error& error : loaded.errors) facts.gap(std::move(error), unit.name);
}

/// Whether some selected rule asks for a scope of that unit; without selections everything is
/// asked.
bool is_asked(const Request& request, const std::string& name) {
  if (request.selections.empty()) return true;
  const std::string own(systemd::section_of_type(systemd::type_of(name)));
  const std::array<std::string, 4> scopes = {name, name + " [Unit]", name + " [" + own + "]",
                                             name + " [Install]"};
  const auto asks = [&](const Selection& selection) {
    return std::any_of(scopes.begin(), scopes.end(), [&](const std::string& scope) {
      return std::all_of(selection.where.begin(), selection.where.end(), [&](const Predicate& p) {
        return p.on != Predicate::On::scope || p.matcher.test(scope).value_or(true);
      });
    });
  };
  return std::any_of(request.selections.begin(), request.selections.end(), asks);
}

/// systemd-sysv-generator(8): an init script without a unit of its name becomes one, started where
/// a runlevel's directory has a link for it. Scripts that nothing starts are not told of.
void add_init_scripts(const Request& request, const systemd::UnitIndex& index, Facts& facts) {
  std::set<std::string> seen;
  for (const std::string_view level : {"/etc/rc2.d", "/etc/rc3.d", "/etc/rc4.d", "/etc/rc5.d"}) {
    const auto entries = request.root.list(level);
    if (!entries) continue;
    for (const DirEntry& entry : *entries) {
      const std::string& link = entry.name;  // S01name
      if (link.size() < 4 || link[0] != 'S' || !to_integer(link.substr(1, 2))) continue;
      const std::string name = link.substr(3) + ".service";
      const std::string script = "/etc/init.d/" + link.substr(3);
      if (!systemd::is_unit_name(name) || index.find(name) || !request.root.exists(script))
        continue;
      if (!seen.insert(name).second || !is_asked(request, name)) continue;
      facts.setting("@load-state", "loaded", {script}, name);
      facts.setting("@unit-file-state", "generated", {join_path(level, link)}, name);
    }
  }
}

Facts read_systemd(const Request& request) {
  Facts facts;
  const systemd::UnitIndex index(request.root);
  const systemd::Enablement enablement(request.root, index);
  const std::vector<std::string> names = index.all();
  for (const std::string& name : names)
    if (is_asked(request, name))
      if (const auto unit = index.find(name)) {
        if (facts.rows.size() > kSettings) {
          facts.gap(
              {ErrorCode::limit,
               fmt::format("all units together have more than {} settings; those from `{}` on "
                           "are not told",
                           kSettings, name),
               {unit->fragment}});
          break;
        }
        add_unit(facts, request.root, index, enablement, *unit);
      }
  add_init_scripts(request, index, facts);
  for (const Error& error : index.errors()) facts.gap(error);
  if (names.empty() && facts.rows.empty() && facts.gaps.empty())
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
