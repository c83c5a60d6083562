#include "scanner/baseline/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>

#include "scanner/baseline/parameter.h"
#include "scanner/baseline/table_reader.h"
#include "scanner/root/root.h"

namespace plimsoll {
namespace {

bool is_glob(std::string_view text) { return text.find_first_of("*?[") != std::string_view::npos; }

/// The rules of some components by id: a pattern is held against those that begin as it does.
class RuleIndex {
 public:
  struct Place {
    std::string_view id;
    const Library::Entry* entry;
    std::size_t index;
  };

  explicit RuleIndex(const std::vector<const Library::Entry*>& components) {
    for (const Library::Entry* entry : components)
      for (std::size_t i = 0; i < entry->rules.size(); ++i)
        places_.push_back({entry->rules[i], entry, i});
    std::sort(places_.begin(), places_.end(),
              [](const Place& a, const Place& b) { return a.id < b.id; });
  }

  [[nodiscard]] std::vector<Place> matching(std::string_view glob) const {
    const std::string_view literal = glob.substr(0, glob.find_first_of("*?[\\"));
    auto place =
        std::lower_bound(places_.begin(), places_.end(), literal,
                         [](const Place& a, std::string_view begin) { return a.id < begin; });
    std::vector<Place> out;
    for (; place != places_.end() && place->id.starts_with(literal); ++place)
      if (name_matches(glob, place->id)) out.push_back(*place);
    return out;
  }

 private:
  std::vector<Place> places_;
};

class Planner {
 public:
  Planner(const Choice& choice, const Site& site, Library& library, Diagnostics& problems)
      : choice_(choice),
        site_(site),
        library_(library),
        problems_(problems),
        components_(library.components()) {}

  Plan make() {
    level_ = choice_.level.empty() ? site_.level : choice_.level;
    check_globs();
    choose();
    if (!level_.empty() && !level_known_) unknown_level();
    for (auto& [id, planned] : by_id_) plan_.rules.push_back(std::move(planned));
    apply_overrides();
    if (!choice_.deep) leave_deep_rules_out();
    for (const PlannedRule& planned : plan_.rules)
      plan_.parameters.try_emplace(planned.baseline, planned.baseline->parameters);
    assign_all();
    return std::move(plan_);
  }

 private:
  // --- which baselines

  void choose() {
    std::vector<std::string> names = choice_.baselines;
    if (names.empty() && choice_.rules.empty()) names = site_.baselines;
    const bool from_site = choice_.baselines.empty() && !names.empty();
    const std::string_view fallback =
        choice_.fallback.empty() ? kDefaultBaseline : choice_.fallback;
    if (names.empty() && choice_.rules.empty() && library_.find(fallback) != nullptr)
      names = {std::string(fallback)};
    if (names.empty())
      for (const Library::Entry* entry : components_) take_component(*entry);
    for (const std::string& name : names) {
      const Library::Entry* entry = library_.find_named(name);
      if (entry == nullptr)
        unknown_baseline(name, from_site ? Origin{site_.file} : Origin{});
      else if (entry->is_benchmark)
        take_benchmark(library_.baseline(*entry));
      else
        take_component(*entry);
    }
  }

  void take_component(const Library::Entry& entry) {
    const auto wanted = [&](std::string_view id) { return is_asked_for(id); };
    if (std::none_of(entry.rules.begin(), entry.rules.end(), wanted)) return;
    const Baseline& baseline = library_.baseline(entry);
    plan_.baselines.push_back(&baseline);
    for (const Rule& rule : baseline.rules)
      if (wanted(rule.id))
        by_id_.try_emplace(rule.id, PlannedRule{&rule, &baseline, rule.severity, {}, {}});
  }

  void take_benchmark(const Baseline& benchmark) {
    plan_.baselines.push_back(&benchmark);
    const auto& levels = benchmark.levels;
    level_known_ = level_known_ || std::find(levels.begin(), levels.end(), level_) != levels.end();
    known_levels_.insert(known_levels_.end(), levels.begin(), levels.end());
    const RuleIndex rules(components_of(benchmark));
    for (const Baseline::Selected& selected : benchmark.selects)
      take_selected(benchmark, selected, rules);
    for (const Baseline::Assigned& assigned : benchmark.set)
      if (assigned.level.empty() || assigned.level == level_)
        assigned_.push_back({assigned, {benchmark.file, assigned.line, 0}});
  }

  /// The components that a benchmark selects from: the latest, unless it names versions.
  std::vector<const Library::Entry*> components_of(const Baseline& benchmark) {
    std::vector<const Library::Entry*> out = components_;
    for (const std::string& name : benchmark.components) {
      const Library::Entry* pinned = library_.find_named(name);
      if (pinned == nullptr) {
        unknown_baseline(name, {benchmark.file, 0, 0});
        continue;
      }
      for (const Library::Entry*& entry : out)
        if (entry->id == pinned->id) entry = pinned;
    }
    return out;
  }

  void take_selected(const Baseline& benchmark, const Baseline::Selected& selected,
                     const RuleIndex& rules) {
    const auto& levels = selected.levels;
    const bool in_level = level_.empty() || levels.empty() ||
                          std::find(levels.begin(), levels.end(), level_) != levels.end();
    bool found = false;
    std::vector<std::string_view> left_out;
    for (const RuleIndex::Place& place : rules.matching(selected.rule)) {
      if (!selected.takes(place.id)) {
        left_out.push_back(place.id);
        continue;
      }
      found = true;
      if (in_level && is_asked_for(place.id)) add(*place.entry, place.index, selected);
    }
    if (!found)
      unknown_rule(selected.rule, {benchmark.file, selected.line, 0},
                   fmt::format("benchmark `{}` selects", benchmark.id));
    for (const std::string& glob : selected.except)
      if (std::none_of(left_out.begin(), left_out.end(),
                       [&](std::string_view id) { return name_matches(glob, id); }))
        unknown_rule(glob, {benchmark.file, selected.line, 0},
                     fmt::format("benchmark `{}` leaves out", benchmark.id));
  }

  void add(const Library::Entry& entry, std::size_t index, const Baseline::Selected& selected) {
    const Baseline& baseline = library_.baseline(entry);
    const Rule& rule = baseline.rules[index];
    by_id_.try_emplace(rule.id,
                       PlannedRule{&rule, &baseline, selected.severity.value_or(rule.severity),
                                   selected.section, selected.explicit_value});
  }

  [[nodiscard]] bool is_asked_for(std::string_view id) const {
    return choice_.rules.empty() ||
           std::any_of(choice_.rules.begin(), choice_.rules.end(),
                       [&](const std::string& glob) { return name_matches(glob, id); });
  }

  // --- what does not exist

  void problem(Origin where, std::string what, std::string help) {
    problems_.push_back({std::move(what), std::move(where), std::move(help), {}, 1, false});
  }

  [[nodiscard]] std::vector<std::string_view> all_ids() const {
    std::vector<std::string_view> ids;
    for (const Library::Entry* entry : components_)
      ids.insert(ids.end(), entry->rules.begin(), entry->rules.end());
    return ids;
  }

  void check_globs() {
    const auto ids = all_ids();
    for (const std::string& glob : choice_.rules)
      if (std::none_of(ids.begin(), ids.end(),
                       [&](std::string_view id) { return name_matches(glob, id); }))
        unknown_rule(glob, {}, "`--rules` asks for");
  }

  void unknown_rule(const std::string& glob, Origin where, std::string_view who) {
    problem(std::move(where),
            is_glob(glob) ? fmt::format("{} `{}`, which matches no rule", who, glob)
                          : fmt::format("{} the unknown rule `{}`", who, glob),
            is_glob(glob) ? "`plimsoll rules` lists them" : suggestion(glob, all_ids()));
  }

  void unknown_baseline(const std::string& name, Origin where) {
    const std::string id = name.substr(0, name.find('@'));
    std::vector<std::string_view> ids, versions;
    for (const Library::Entry& entry : library_.entries()) {
      ids.push_back(entry.id);
      if (entry.id == id) versions.push_back(entry.version);
    }
    if (versions.empty())
      return problem(std::move(where), fmt::format("unknown baseline `{}`", id),
                     suggestion(id, ids));
    std::string list;
    for (const std::string_view version : versions)
      list += fmt::format("{}`{}`", list.empty() ? "" : ", ", version);
    problem(std::move(where), fmt::format("no such version: `{}`", name), "there is " + list);
  }

  void unknown_level() {
    problem({}, fmt::format("unknown level `{}`", level_),
            known_levels_.empty() ? "only a benchmark has levels; name one with `--baseline`"
                                  : suggestion(level_, known_levels_));
  }

  // --- what the site changes

  void apply_overrides() {
    for (const Override& change : site_.overrides) {
      const auto ids = all_ids();
      if (std::none_of(ids.begin(), ids.end(),
                       [&](std::string_view id) { return name_matches(change.rule, id); }))
        unknown_rule(change.rule, {site_.file, change.line, 0}, "an override names");
      for (PlannedRule& planned : plan_.rules)
        if (change.severity && name_matches(change.rule, planned.rule->id))
          planned.severity = *change.severity;
      if (change.disabled)
        std::erase_if(plan_.rules, [&](const PlannedRule& planned) {
          return name_matches(change.rule, planned.rule->id);
        });
    }
  }

  // --- deep rules

  void leave_deep_rules_out() {
    check_deep_globs();
    for (const PlannedRule& planned : plan_.rules)
      if (planned.rule->deep) plan_.left_out.push_back(planned.rule->id);
    std::erase_if(plan_.rules, [](const PlannedRule& planned) { return planned.rule->deep; });
  }

  /// Who asks for deep rules by name and gets nothing must hear why.
  void check_deep_globs() {
    for (const std::string& glob : choice_.rules) {
      const auto meant = [&](const PlannedRule& planned) {
        return name_matches(glob, planned.rule->id);
      };
      const auto all = std::count_if(plan_.rules.begin(), plan_.rules.end(), meant);
      const auto deep = std::count_if(
          plan_.rules.begin(), plan_.rules.end(),
          [&](const PlannedRule& planned) { return meant(planned) && planned.rule->deep; });
      if (all == 0 || deep < all) continue;
      problem({},
              is_glob(glob)
                  ? fmt::format("`--rules` asks for `{}`, which matches deep rules only", glob)
                  : fmt::format("`--rules` asks for `{}`, which is a deep rule", glob),
              "add `--deep`: it reads every file of every package, which may take minutes");
    }
  }

  // --- parameters: the benchmark, then the site, then the command line

  struct Assignment {
    Baseline::Assigned assigned;
    Origin where;
  };

  void assign_all() {
    for (const Baseline::Assigned& assigned : site_.set)
      assigned_.push_back({assigned, {site_.file, assigned.line, 0}});
    for (const Assignment& one : assigned_)
      assign(one.assigned.parameter, one.where,
             [&](const Parameter&) { return one.assigned.value; });
    for (const auto& [name, text] : choice_.set)
      assign(name, {}, [&, &given = text](const Parameter& parameter) {
        return value_from_text(parameter, given);
      });
  }

  /// `component.parameter`, or the bare name where only one component has it. A parameter of a
  /// component that has no rule in the plan is checked, too, and then of no consequence.
  void assign(const std::string& name, const Origin& where,
              const std::function<std::vector<std::string>(const Parameter&)>& value) {
    std::vector<std::pair<const Baseline*, const Parameter*>> found = look_up(name);
    if (found.empty()) return unknown_parameter(name, where);
    if (found.size() > 1)
      return problem(where, fmt::format("`{}` is a parameter of several components", name),
                     fmt::format("write `{}.{}` or `{}.{}`", found[0].first->id, name,
                                 found[1].first->id, name));
    const auto& [baseline, parameter] = found.front();
    const std::vector<std::string> given = value(*parameter);
    if (const std::string wrong = value_problem(*parameter, given); !wrong.empty())
      return problem(where,
                     fmt::format("parameter `{}.{}`: {}", baseline->id, parameter->name, wrong),
                     parameter->doc);
    const auto planned = plan_.parameters.find(baseline);
    if (planned == plan_.parameters.end()) return;
    for (Parameter& own : planned->second)
      if (own.name == parameter->name) own.value = given;
  }

  std::vector<std::pair<const Baseline*, const Parameter*>> look_up(const std::string& name) {
    std::vector<std::pair<const Baseline*, const Parameter*>> out;
    const auto dot = name.rfind('.');
    const std::string bare = dot == std::string::npos ? name : name.substr(dot + 1);
    const auto take = [&](const Baseline& baseline) {
      for (const Parameter& parameter : baseline.parameters)
        if (parameter.name == bare) out.emplace_back(&baseline, &parameter);
    };
    const auto names = [&](std::string_view id) {
      return dot == std::string::npos || id == std::string_view(name).substr(0, dot);
    };
    for (const auto& [baseline, parameters] : plan_.parameters)
      if (names(baseline->id)) take(*baseline);
    // The plan's map goes by address; people get the same message twice.
    std::sort(out.begin(), out.end(),
              [](const auto& a, const auto& b) { return a.first->id < b.first->id; });
    if (!out.empty()) return out;
    for (const Library::Entry* entry : components_)
      if (names(entry->id)) take(library_.baseline(*entry));
    return out;
  }

  void unknown_parameter(const std::string& name, const Origin& where) {
    std::vector<std::string> names;
    const bool qualified = name.find('.') != std::string::npos;
    for (const Library::Entry* entry : components_)
      for (const Parameter& parameter : library_.baseline(*entry).parameters)
        names.push_back(qualified ? fmt::format("{}.{}", entry->id, parameter.name)
                                  : parameter.name);
    std::string help = suggestion(name, names);
    if (help.empty()) help = "`plimsoll rules --format json` names the parameters of each rule";
    problem(where, fmt::format("unknown parameter `{}`", name), std::move(help));
  }

  const Choice& choice_;
  const Site& site_;
  Library& library_;
  Diagnostics& problems_;
  std::vector<const Library::Entry*> components_;
  std::string level_;
  bool level_known_ = false;
  std::vector<std::string> known_levels_;
  std::map<std::string_view, PlannedRule> by_id_;
  std::vector<Assignment> assigned_;
  Plan plan_;
};

}  // namespace

Plan make_plan(const Choice& choice, const Site& site, Library& library, Diagnostics& problems) {
  return Planner(choice, site, library, problems).make();
}

void check_benchmark(const Library::Entry& entry, Library& library, Diagnostics& problems) {
  std::vector<std::string> levels = library.baseline(entry).levels;
  levels.emplace_back();
  for (const std::string& level : levels) {
    Choice choice;
    choice.baselines = {fmt::format("{}@{}", entry.id, entry.version)};
    choice.level = level;
    make_plan(choice, {}, library, problems);
    if (has_errors(problems)) return;
  }
}

}  // namespace plimsoll
