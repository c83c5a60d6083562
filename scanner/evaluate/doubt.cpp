#include "scanner/evaluate/doubt.h"

#include <fmt/format.h>

#include <algorithm>

namespace plimsoll {
namespace {

/// Conditions on what names a fact: its scope, or the first field of a row.
bool names_the_fact(const Predicate& predicate) {
  return predicate.on == Predicate::On::scope ||
         (predicate.on == Predicate::On::field && predicate.index == 0);
}

/// False when the check asks only for facts by name, and none of the names is the gap's subject or
/// below it.
bool concerns(const Gap& gap, const CompiledCheck& leaf) {
  if (gap.subject.empty()) return true;
  return std::all_of(leaf.selection.where.begin(), leaf.selection.where.end(),
                     [&](const Predicate& predicate) {
                       const Op op = predicate.matcher.op();
                       if (!names_the_fact(predicate) || (op != Op::equals && op != Op::one_of))
                         return true;
                       const auto& names = predicate.matcher.operands();
                       return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
                         return is_about(gap, name, leaf.check->key);
                       });
                     });
}

}  // namespace

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
