#include "plugins/os/file/plan.h"

#include <algorithm>

namespace plimsoll::files {
namespace {

bool is_on(const Predicate& predicate, Column column) {
  return predicate.on == Predicate::On::field &&
         predicate.index == static_cast<std::size_t>(column);
}

/// The operands of the first predicate on a column with one of two operators; null when there is
/// none.
const std::vector<std::string>* operands_of(const Selection& selection, Column column, Op op,
                                            Op other) {
  for (const Predicate& predicate : selection.where)
    if (is_on(predicate, column) &&
        (predicate.matcher.op() == op || predicate.matcher.op() == other))
      return &predicate.matcher.operands();
  return nullptr;
}

bool asks_presence(const Selection& selection, Column column) {
  return std::any_of(selection.where.begin(), selection.where.end(), [&](const Predicate& p) {
    return is_on(p, column) && (p.matcher.op() == Op::present || p.matcher.op() == Op::contains);
  });
}

void append(std::vector<std::string>& list, const std::vector<std::string>& more) {
  list.insert(list.end(), more.begin(), more.end());
}

/// Adds the places of one selection; false when it takes a walk.
bool add_named_places(const Selection& selection, const Names& names, const AuditLog& audit_log,
                      Plan& plan) {
  if (const auto* paths = operands_of(selection, Column::path, Op::equals, Op::one_of)) {
    append(plan.paths, *paths);
  } else if (const auto* globs = operands_of(selection, Column::glob, Op::contains, Op::contains);
             globs != nullptr && globs->front().find("**") == std::string::npos) {
    append(plan.globs, *globs);
  } else if (asks_presence(selection, Column::home_of)) {
    for (const auto& [home, users] : names.homes()) plan.paths.push_back(home);
  } else if (asks_presence(selection, Column::role)) {
    plan.paths.push_back(audit_log.directory);
    plan.directories.push_back(audit_log.directory);
  } else if (const auto* lists =
                 operands_of(selection, Column::directory, Op::equals, Op::one_of)) {
    append(plan.directories, *lists);
  } else if (asks_presence(selection, Column::in_home_of)) {
    for (const auto& [home, users] : names.homes()) plan.directories.push_back(home);
  } else {
    return false;
  }
  return true;
}

/// Below which directories the walk has to look for a selection.
std::string start_of(const Selection& selection) {
  if (const auto* under = operands_of(selection, Column::under, Op::contains, Op::contains))
    return under->front();
  const auto* globs = operands_of(selection, Column::glob, Op::contains, Op::contains);
  if (globs == nullptr) return "/";
  // The parts before the first that is no plain name.
  const std::string_view pattern = globs->front();
  const std::string_view plain = pattern.substr(0, pattern.find_first_of("*?[\\{"));
  return std::string(plain.substr(0, std::max<std::size_t>(plain.find_last_of('/'), 1)));
}

void sort_unique(std::vector<std::string>& list) {
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
}

bool asks(std::span<const Predicate> predicates, Column column) {
  return std::any_of(predicates.begin(), predicates.end(),
                     [&](const Predicate& predicate) { return is_on(predicate, column); });
}

bool asks(const Selection& selection, Column column) {
  return asks(std::span(selection.where), column) || asks(std::span(selection.conforming), column);
}

/// What conforms when it is of a package is not known to conform before the walk is over.
std::span<const Predicate> conforming_of(const Selection& selection) {
  const std::span<const Predicate> all(selection.conforming);
  return asks(all, Column::packaged) ? std::span<const Predicate>() : all;
}

}  // namespace

Plan make_plan(std::span<const Selection> selections, const Names& names,
               const AuditLog& audit_log) {
  Plan plan;
  plan.wants_all = selections.empty();
  if (plan.wants_all) plan.under = {"/"};
  for (const Selection& selection : selections) {
    plan.asks_owner = plan.asks_owner || asks(selection, Column::unowned);
    plan.asks_group = plan.asks_group || asks(selection, Column::ungrouped);
    plan.asks_audit_log = plan.asks_audit_log || asks(selection, Column::role);
    for (const Predicate& predicate : selection.where)
      if (is_on(predicate, Column::glob)) append(plan.all_globs, predicate.matcher.operands());
    plan.asks_packaged = plan.asks_packaged || asks(selection, Column::packaged);
    Ask ask{Conditions(selection.where), Conditions(conforming_of(selection))};
    if (add_named_places(selection, names, audit_log, plan)) {
      plan.named.push_back(std::move(ask));
      continue;
    }
    plan.under.push_back(start_of(selection));
    plan.walked.push_back(std::move(ask));
  }
  for (auto* list : {&plan.paths, &plan.globs, &plan.all_globs, &plan.directories, &plan.under})
    sort_unique(*list);
  return plan;
}

}  // namespace plimsoll::files
