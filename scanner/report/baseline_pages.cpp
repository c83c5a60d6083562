#include "scanner/report/baseline_pages.h"

#include <fmt/format.h>

#include <algorithm>

#include "scanner/base/text.h"
#include "scanner/baseline/archive.h"
#include "scanner/report/json.h"
#include "scanner/report/layout.h"
#include "scanner/report/rule_json.h"

namespace plimsoll {
namespace {

std::string bytes_of(auto& value) {
  ArchiveWriter writer;
  writer(value);
  return writer.take();
}

/// A check without the lines it stands on: those change when something else is added above it.
Check without_lines(Check check) {
  check.line = 0;
  for (Check& child : check.children) child = without_lines(std::move(child));
  return check;
}

bool same_check(const Check& a, const Check& b) {
  const Check left = without_lines(a), right = without_lines(b);
  return bytes_of(left) == bytes_of(right);
}

bool same_condition(const Rule& a, const Rule& b) {
  if (!a.when || !b.when) return a.when.has_value() == b.when.has_value();
  return same_check(*a.when, *b.when);
}

std::string changes(const Rule& before, const Rule& after) {
  std::vector<std::string> parts;
  if (before.severity != after.severity)
    parts.push_back(
        fmt::format("severity {} → {}", name_of(before.severity), name_of(after.severity)));
  if (!same_check(before.check, after.check)) parts.emplace_back("what it asks");
  if (!same_condition(before, after)) parts.emplace_back("when it applies");
  if (before.title != after.title) parts.emplace_back("title");
  if (before.rationale != after.rationale) parts.emplace_back("rationale");
  if (bytes_of(before.remediation) != bytes_of(after.remediation))
    parts.emplace_back("remediation");
  if (bytes_of(before.edits) != bytes_of(after.edits)) parts.emplace_back("edit");
  if (bytes_of(before.references) != bytes_of(after.references)) parts.emplace_back("references");
  if (before.tags != after.tags) parts.emplace_back("tags");
  if (before.deep != after.deep) parts.emplace_back("whether it is deep");
  return join(parts, ", ");
}

std::string changes(const Parameter& before, const Parameter& after) {
  std::vector<std::string> parts;
  if (before.value != after.value)
    parts.push_back(
        fmt::format("default {} → {}", join(before.value, ","), join(after.value, ",")));
  if (before.type != after.type)
    parts.push_back(fmt::format("type {} → {}", name_of(before.type), name_of(after.type)));
  if (before.least != after.least || before.most != after.most || before.choices != after.choices)
    parts.emplace_back("what it may be");
  return join(parts, ", ");
}

std::string changes(const Baseline::Selected& before, const Baseline::Selected& after) {
  std::vector<std::string> parts;
  if (before.levels != after.levels)
    parts.push_back(
        fmt::format("levels {} → {}", join(before.levels, ","), join(after.levels, ",")));
  if (before.except != after.except)
    parts.push_back(
        fmt::format("except {} → {}", join(before.except, ","), join(after.except, ",")));
  if (before.section != after.section)
    parts.push_back(fmt::format("section {} → {}", before.section, after.section));
  if (before.severity != after.severity) parts.emplace_back("severity");
  if (before.explicit_value != after.explicit_value) parts.emplace_back("explicit");
  return join(parts, ", ");
}

std::string changes(const Baseline::Assigned& before, const Baseline::Assigned& after) {
  return before.value == after.value
             ? std::string()
             : fmt::format("{} → {}", join(before.value, ","), join(after.value, ","));
}

std::string name(const Rule& rule) { return rule.id; }
std::string name(const Parameter& parameter) { return "parameter " + parameter.name; }
std::string name(const Baseline::Selected& selected) { return "select " + selected.rule; }
std::string name(const Baseline::Assigned& assigned) {
  return assigned.level.empty() ? "set " + assigned.parameter
                                : fmt::format("set {} at {}", assigned.parameter, assigned.level);
}

template <class Item>
void compare(const std::vector<Item>& before, const std::vector<Item>& after,
             std::vector<std::string>& out) {
  const auto in = [](const std::vector<Item>& items, const Item& wanted) {
    return std::find_if(items.begin(), items.end(),
                        [&](const Item& item) { return name(item) == name(wanted); });
  };
  for (const Item& item : before) {
    const auto other = in(after, item);
    if (other == after.end())
      out.push_back("- " + name(item));
    else if (const std::string changed = changes(item, *other); !changed.empty())
      out.push_back(fmt::format("~ {}: {}", name(item), changed));
  }
  for (const Item& item : after)
    if (in(before, item) == before.end()) out.push_back("+ " + name(item));
}

std::size_t rule_count(const Baseline& baseline) {
  return baseline.is_benchmark ? baseline.selects.size() : baseline.rules.size();
}

void write_contents(Json& json, const Baseline& baseline) {
  std::vector<std::string> names;
  for (const Rule& rule : baseline.rules) names.push_back(rule.id);
  for (const Baseline::Selected& selected : baseline.selects) names.push_back(selected.rule);
  json.member(baseline.is_benchmark ? "selects" : "rules", names);
}

}  // namespace

std::string baseline_list_text(const std::vector<const Baseline*>& baselines, std::size_t width) {
  const Layout layout(false, width);
  std::size_t widest = 0;
  for (const Baseline* baseline : baselines) widest = std::max(widest, baseline->id.size());
  std::string out;
  for (const Baseline* baseline : baselines)
    out += layout.wrap(fmt::format("{:{}}  {:8} {:4} {}  ", printable(baseline->id), widest,
                                   printable(baseline->version), rule_count(*baseline),
                                   baseline->is_benchmark ? "selections" : "rules     "),
                       fmt::format("{}, reviewed {}", baseline->title, baseline->reviewed));
  return out;
}

std::string baselines_json(const std::vector<const Baseline*>& baselines) {
  Json json;
  json.begin_array();
  for (const Baseline* baseline : baselines) {
    json.begin_object();
    json.member("id", baseline->id);
    json.member("version", baseline->version);
    json.member("title", baseline->title);
    json.member("owner", baseline->owner);
    json.member("reviewed", baseline->reviewed);
    json.member("review_days", static_cast<std::int64_t>(baseline->review_days));
    json.member("benchmark", baseline->is_benchmark);
    json.member_unless_empty("element", baseline->element);
    json.member("levels", baseline->levels);
    json.begin_array("parameters");
    for (const Parameter& parameter : baseline->parameters)
      write_parameter(json, baseline->id, parameter);
    json.end_array();
    write_contents(json, *baseline);
    json.end_object();
  }
  json.end_array();
  return json.take();
}

std::string baseline_diff_text(const Baseline& before, const Baseline& after) {
  std::vector<std::string> lines;
  compare(before.parameters, after.parameters, lines);
  compare(before.rules, after.rules, lines);
  compare(before.selects, after.selects, lines);
  compare(before.set, after.set, lines);
  std::string out;
  for (const std::string& line : lines) out += printable(line) + "\n";
  return out;
}

}  // namespace plimsoll
