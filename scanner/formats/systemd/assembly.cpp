#include "scanner/formats/systemd/assembly.h"

#include <algorithm>
#include <iterator>

#include "scanner/formats/systemd/capabilities.h"
#include "scanner/formats/systemd/value_syntax.h"

namespace plimsoll::systemd {
namespace {

/// Whether a value of a list forgets those before it, although it is not empty (systemd.exec(5),
/// systemd.resource-control(5)).
bool starts_over(const Directive& directive, std::string_view value) {
  if (directive.name == "RestrictNamespaces" || directive.name == "Delegate")
    return boolean(value).has_value();
  if (directive.name == "RestrictAddressFamilies") return value == "none";
  if (directive.name == "CPUAffinity") return value == "numa";
  if (directive.name != "CapabilityBoundingSet" && directive.name != "AmbientCapabilities")
    return false;
  // A set without any capability replaces what was there: `~` alone, or unknown names only.
  return capability_bits(value.substr(value.starts_with('~') ? 1 : 0)) == 0;
}

}  // namespace

Next Assembly::take(Assignment assignment) {
  const Directive* directive = find_directive(assignment.section, assignment.key);
  if (directive == nullptr) return Next::go_on;
  if (assignment.value.empty() && directive->empty != Empty::fatal) {
    clear(*directive, assignment);
    return Next::go_on;
  }
  switch (directive->check(assignment.value, *directive, unit_)) {
    case Verdict::ignored:
      return Next::go_on;
    case Verdict::fatal:
      refusal_ = Error{ErrorCode::invalid, "systemd refuses the value of `" + assignment.key + "=`",
                       std::move(assignment.origin)};
      return Next::stop;
    case Verdict::accepted:
      break;
  }
  Field& field = fields_[std::string(directive->field())];
  if (directive->form == Form::scalar)
    forget(field, "a later line sets it again");
  else if (starts_over(*directive, assignment.value))
    forget(field, "a later line starts the list over");
  // systemd.service(5): TimeoutSec= sets both of its parts
  if (directive->name == "TimeoutSec")
    for (const char* part : {"TimeoutStartSec", "TimeoutStopSec"})
      forget(fields_[part], "a later `TimeoutSec=` sets it again");
  add(field, *directive, std::move(assignment));
  return Next::go_on;
}

std::vector<Setting> Assembly::finish() {
  std::vector<std::pair<std::size_t, Setting>> all;
  for (auto& [name, field] : fields_)
    for (auto& entry : field.entries) all.push_back(std::move(entry));
  const auto section_rank = [](const Setting& setting) {
    const std::string& section = setting.assignment.section;
    return section == "Unit" ? 0 : section == "Install" ? 2 : 1;
  };
  std::sort(all.begin(), all.end(), [&](const auto& a, const auto& b) {
    const int first = section_rank(a.second);
    const int second = section_rank(b.second);
    return first != second ? first < second : a.first < b.first;
  });
  std::vector<Setting> settings;
  settings.reserve(all.size());
  for (auto& [rank, setting] : all) settings.push_back(std::move(setting));
  return settings;
}

void Assembly::forget(Field& field, const char* why) {
  for (auto& [rank, setting] : field.entries) {
    // Swapped while nothing else waits: a scalar set a million times hands its past on at no cost.
    if (field.pending.empty())
      field.pending.swap(setting.shadowed);
    else
      std::move(setting.shadowed.begin(), setting.shadowed.end(),
                std::back_inserter(field.pending));
    field.pending.push_back(
        {std::move(setting.assignment.value), std::move(setting.assignment.origin), why});
  }
  field.entries.clear();
}

void Assembly::clear(const Directive& directive, Assignment& assignment) {
  if (directive.empty == Empty::ignored) return;
  Field& field = fields_[std::string(directive.field())];
  forget(field, "a later empty assignment resets it");
  if (!directive.more.clears.empty())
    forget(fields_[std::string(directive.more.clears)], "a later empty assignment resets it");
  if (directive.empty == Empty::counts || directive.empty == Empty::turns_on)
    add(field, directive, std::move(assignment));
}

void Assembly::add(Field& field, const Directive& directive, Assignment assignment) {
  field.entries.emplace_back(
      ++count_, Setting{&directive, std::move(assignment), std::exchange(field.pending, {})});
}

}  // namespace plimsoll::systemd
