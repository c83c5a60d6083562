#include "scanner/evaluate/doubt.h"

#include <fmt/format.h>

#include <algorithm>

namespace plimsoll {
namespace {

/// The part of a pattern that every match begins with, up to the last whole directory.
std::string_view fixed_part(std::string_view pattern) {
  const std::string_view literal = pattern.substr(0, pattern.find_first_of("*?[{\\"));
  return literal.size() == pattern.size() ? literal : literal.substr(0, literal.rfind('/') + 1);
}

enum class Place : std::uint8_t { none, exact, tree };

/// What a condition says of where its facts are: at a scope or path, below a directory, or nothing.
Place place_in(const Predicate& predicate, const Probe& probe) {
  const Op op = predicate.matcher.op();
  const bool by_name = op == Op::equals || op == Op::one_of;
  const bool names = predicate.on == Predicate::On::scope ||
                     (predicate.on == Predicate::On::field && predicate.index == 0);
  if (names) return by_name ? Place::exact : Place::none;
  const bool inside = by_name || op == Op::contains;
  return inside && is_on_place(predicate, probe) ? Place::tree : Place::none;
}

/// False when the check asks only for facts in certain places, and the gap is in none of them.
bool concerns(const Gap& gap, const CompiledCheck& leaf) {
  if (gap.subject.empty()) return true;
  const auto open = [&](const Predicate& predicate) {
    const Place place = place_in(predicate, *leaf.probe);
    if (place == Place::none) return true;
    const auto& names = predicate.matcher.operands();
    return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
      if (place == Place::exact) return is_below(gap.subject, name);
      const std::string_view top = fixed_part(name);
      return is_below(gap.subject, top) || is_below(top, gap.subject);
    });
  };
  return std::all_of(leaf.selection.where.begin(), leaf.selection.where.end(), open);
}

}  // namespace

bool is_on_place(const Predicate& predicate, const Probe& probe) {
  if (predicate.on != Predicate::On::field || probe.fields.front().name != "path") return false;
  const std::string_view field = probe.fields[predicate.index].name;
  return field == "directory" || field == "glob" || field == "under";
}

bool is_below(std::string_view subject, std::string_view name) {
  if (!name.starts_with(subject)) return false;
  const std::string_view rest = name.substr(subject.size());
  return subject.empty() || rest.empty() || subject.ends_with('/') || rest.starts_with('/') ||
         rest.starts_with(" [") || rest.starts_with(" > ");
}

std::string describe(const Gap& gap) {
  const Origin& where = gap.error.where;
  if (where.file.empty()) return gap.error.what;
  if (where.line == 0) return fmt::format("{}: {}", where.file, gap.error.what);
  return fmt::format("{}:{}: {}", where.file, where.line, gap.error.what);
}

bool is_about(const Gap& gap, std::string_view name, std::string_view key) {
  if (is_below(gap.subject, name)) return true;
  return !key.empty() && !name.empty() && gap.subject == fmt::format("{} > {}", name, key);
}

Doubt::Doubt(const Facts& facts, const CompiledCheck& leaf) : key_(leaf.check->key) {
  for (const Gap& gap : facts.gaps)
    if (concerns(gap, leaf)) gaps_.push_back(&gap);
}

const Gap* Doubt::about(std::string_view name) const {
  const auto found = std::find_if(gaps_.begin(), gaps_.end(), [&](const Gap* gap) {
    return gap->effect == Gap::Effect::may_override && is_about(*gap, name, key_);
  });
  return found == gaps_.end() ? nullptr : *found;
}

const Gap* Doubt::about_completeness() const { return gaps_.empty() ? nullptr : gaps_.front(); }

}  // namespace plimsoll
