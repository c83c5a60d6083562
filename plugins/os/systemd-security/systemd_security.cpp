#include <algorithm>
#include <array>

#include "plugins/os/systemd-security/assess.h"
#include "plugins/os/systemd-security/service.h"
#include "plugins/os/systemd-security/sockets.h"
#include "scanner/formats/systemd/effective.h"
#include "scanner/formats/systemd/unit_name.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace {

using namespace systemd_security;

constexpr std::array kFields = {
    Field{"id", Type::text,
          "what tells rows apart: `ssh.service > PrivateTmp=`; the unit for `overall`"},
    Field{"unit", Type::text, "`ssh.service`"},
    Field{"service", Type::text, "the unit without instance and type: `ssh`, `getty@`"},
    Field{"started", Type::boolean,
          "a link in a `.wants` or `.requires` directory starts it, or a socket that one starts; "
          "not for templates"},
    Field{"listens", Type::list,
          "where started sockets listen for it on the network; none: no such socket"},
    Field{"network", Type::boolean,
          "the service itself can reach or serve the network of the host: neither "
          "`PrivateNetwork=` nor `RestrictAddressFamilies=` keeps it away"},
    Field{"name", Type::text,
          "the setting as `systemd-analyze security` names it, `PrivateTmp=`; `overall` for the "
          "row of the whole unit"},
    Field{"json_field", Type::text, "its name in the JSON output; `overall` likewise"},
    Field{"set", Type::boolean, "the setting confines as far as it can; not where it is no matter"},
    Field{"description", Type::text, "what that means for the service"},
    Field{"weight", Type::integer, "how much the setting counts among all"},
    Field{"badness", Type::integer, "0 is best, `range` is worst; not where it is no matter"},
    Field{"range", Type::integer, "the worst badness"},
    Field{"exposure", Type::version,
          "from 0.0 to 10.0: what the setting adds, or in the row `overall` the level of the unit"},
    Field{"level", Type::text,
          "row `overall` only: PERFECT, SAFE, OK, MEDIUM, EXPOSED, UNSAFE or DANGEROUS"},
};
/// Fields of a row that are known before the unit is read, and before it is judged.
constexpr std::size_t kKnownByName = 5;
constexpr std::size_t kKnownOfUnit = 6;

constexpr std::array<std::string_view, 2> kFiles = {"/etc/systemd/system/a.service",
                                                    "/etc/systemd/system/a.service.d/a.conf"};

/// Whether some selected rule can want a row with these first fields; without selections every row
/// is wanted.
bool is_wanted(const Request& request, const std::vector<Value>& fields, std::size_t known) {
  const auto wants = [&](const Selection& selection) {
    return std::all_of(selection.where.begin(), selection.where.end(), [&](const Predicate& p) {
      const bool later = p.index >= known || (p.index == 0 && known < kFields.size());
      return p.on != Predicate::On::field || later ||
             p.matcher.test(fields[p.index]).value_or(true);
    });
  };
  return request.selections.empty() ||
         std::any_of(request.selections.begin(), request.selections.end(), wants);
}

std::string tenths(std::uint64_t value) {
  return std::to_string(value / 10) + "." + std::to_string(value % 10);
}

Value number(std::uint64_t value) { return static_cast<std::int64_t>(value); }

/// Whether neither a network of its own nor the address families keep it from Internet sockets.
bool reaches_network(const Assessment& assessment) {
  const auto is_bad = [&](std::string_view field) {
    return std::any_of(
        assessment.outcomes.begin(), assessment.outcomes.end(), [&](const Outcome& outcome) {
          return outcome.test->json_field == field && outcome.judgement.badness == 1U;
        });
  };
  return is_bad("PrivateNetwork") && is_bad("RestrictAddressFamilies_AF_INET_INET6");
}

void add_rows(const Request& request, const Assessment& assessment, const std::string& fragment,
              std::vector<Value> unit, Facts& facts) {
  const std::string name = std::get<std::string>(unit[0]);
  for (const Outcome& outcome : assessment.outcomes) {
    const Test& test = *outcome.test;
    const auto& badness = outcome.judgement.badness;
    std::vector<Value> fields;
    fields.reserve(kFields.size());
    fields = unit;
    fields[0] = name + " > " + std::string(test.name);
    fields.emplace_back(std::string(test.name));
    fields.emplace_back(std::string(test.json_field));
    fields.push_back(badness ? Value(*badness == 0) : Value());
    fields.emplace_back(outcome.judgement.why);
    fields.push_back(number(test.weight));
    fields.push_back(badness ? number(*badness) : Value());
    fields.push_back(number(test.range));
    fields.push_back(badness ? Value(tenths(assessment.share(outcome))) : Value());
    fields.emplace_back();
    if (!is_wanted(request, fields, fields.size())) continue;
    const Setting* by = outcome.judgement.by;
    facts.row(std::move(fields), by == nullptr ? Origin{} : by->assignment.origin);
  }
  const std::uint64_t exposure = assessment.exposure();
  const std::string level(level_of(exposure));
  unit.insert(unit.end(), {Value("overall"), Value("overall"), Value(),
                           Value("the exposure of the unit as a whole is " + level), Value(),
                           Value(), Value(), Value(tenths(exposure)), Value(level)});
  if (is_wanted(request, unit, unit.size())) facts.row(std::move(unit), {fragment});
}

void add_unit(const Request& request, const systemd::UnitIndex& index, const Starters& starters,
              const systemd::Unit& unit, Facts& facts) {
  const bool is_template = systemd::classify(unit.name) == systemd::NameKind::unit_template;
  std::vector<std::string> listens = starters.listens(unit);
  const bool has_instance = unit.name.find('@') != std::string::npos;
  std::vector<Value> fields = {
      unit.name, unit.name, std::string(systemd::prefix_of(unit.name)) + (has_instance ? "@" : ""),
      is_template ? Value() : Value(starters.starts(unit)),
      listens.empty() ? Value() : Value(std::move(listens))};
  if (!is_wanted(request, fields, kKnownByName)) return;
  systemd::LoadedUnit loaded = systemd::load_unit(request.root, index, unit);
  for (Error& error : loaded.errors) facts.gap(std::move(error), unit.name);
  if (loaded.state != "loaded") return;
  const Service service(loaded,
                        is_template ? systemd::instantiate(unit.name, "instance") : unit.name);
  if (service.refused() != nullptr) return;
  const Assessment assessment = assess(service);
  fields.emplace_back(reaches_network(assessment));
  if (is_wanted(request, fields, kKnownOfUnit))
    add_rows(request, assessment, unit.fragment, std::move(fields), facts);
}

Facts read_systemd_security(const Request& request) {
  Facts facts;
  const systemd::UnitIndex index(request.root);
  const std::vector<std::string> names = index.all();
  const Starters starters(request.root, index);
  for (const std::string& name : names)
    if (systemd::type_of(name) == "service")
      if (const auto unit = index.find(name)) add_unit(request, index, starters, *unit, facts);
  for (const Error& error : index.errors()) facts.gap(error);
  for (const Error& error : starters.errors()) facts.gap(error);
  if (names.empty() && facts.rows.empty() && facts.gaps.empty())
    facts.not_applicable = "there is no unit file in any of systemd's directories";
  return facts;
}

}  // namespace

extern const Probe systemd_security_probe;
const Probe systemd_security_probe{
    .name = "systemd-security",
    .group = "os",
    .summary = "how far systemd confines each service, as `systemd-analyze security` scores it",
    .semantics = "systemd-analyze(1), systemd.exec(5), systemd.resource-control(5)",
    .shape = Shape::rows,
    .fields = kFields,
    .read = read_systemd_security,
    .files = kFiles,
};

}  // namespace plimsoll
