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

/// Whether the gap is about that field or key among others.
bool names(const Gap& gap, std::string_view field) {
  return std::find(gap.fields.begin(), gap.fields.end(), field) != gap.fields.end();
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

Doubt::Doubt(const Facts& facts, const CompiledCheck& leaf)
    : facts_(facts), leaf_(leaf), key_(leaf.check->key) {
  const bool settings = leaf.probe->shape == Shape::settings;
  for (const Gap& gap : facts.gaps) {
    if (!concerns(gap, leaf)) continue;
    if (gap.fields.empty() || (settings && (key_.empty() || names(gap, key_))))
      gaps_.push_back(&gap);
    else if (!settings)
      partial_.push_back(&gap);
  }
}

const Gap* Doubt::about(std::string_view name) const {
  const auto found = std::find_if(gaps_.begin(), gaps_.end(), [&](const Gap* gap) {
    return gap->effect == Gap::Effect::may_override && is_about(*gap, name, key_);
  });
  return found == gaps_.end() ? nullptr : *found;
}

const Gap* Doubt::about_completeness() const { return gaps_.empty() ? nullptr : gaps_.front(); }

const Gap* Doubt::about_field(std::string_view name, std::string_view field) const {
  const auto found = std::find_if(partial_.begin(), partial_.end(), [&](const Gap* gap) {
    return names(*gap, field) && is_below(gap->subject, name);
  });
  return found == partial_.end() ? nullptr : *found;
}

const Gap* Doubt::about_missing_rows() const {
  const auto found = std::find_if(partial_.begin(), partial_.end(), [&](const Gap* gap) {
    return gap->effect == Gap::Effect::may_add && may_select_missing(*gap);
  });
  return found == partial_.end() ? nullptr : *found;
}

/// Whether the conditions can hold for a row with a name that no row has, anything in the fields of
/// the gap and nothing in the others.
bool Doubt::may_select_missing(const Gap& gap) const {
  const auto& where = leaf_.selection.where;
  return std::all_of(where.begin(), where.end(), [&](const Predicate& predicate) {
    if (predicate.on != Predicate::On::field) return true;
    if (names(gap, leaf_.probe->fields[predicate.index].name)) return true;
    if (predicate.index > 0) return predicate.matcher.test(Value{}).value_or(true);
    const Op op = predicate.matcher.op();
    if (op != Op::equals && op != Op::one_of) return true;
    const auto& wanted = predicate.matcher.operands();
    return !std::all_of(wanted.begin(), wanted.end(),
                        [&](const std::string& name) { return is_there(name); });
  });
}

bool Doubt::is_there(const std::string& name) const {
  return std::any_of(facts_.rows.begin(), facts_.rows.end(), [&](const Fact& fact) {
    return !fact.fields.empty() && fact.fields.front() == Value{name};
  });
}

}  // namespace plimsoll
