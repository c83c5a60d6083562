#include "scanner/report/rule_list.h"

#include <fmt/format.h>

#include <algorithm>

#include "scanner/report/check_text.h"
#include "scanner/report/layout.h"
#include "scanner/report/outcomes.h"
#include "scanner/report/rule_json.h"

namespace plimsoll {
namespace {

void write_rule(Json& json, const PlannedRule& planned, const Plan& plan) {
  json.begin_object();
  json.member("id", planned.rule->id);
  json.member("baseline", planned.baseline->id);
  json.member("title", planned.rule->title);
  json.member("severity", name_of(planned.severity));
  json.member("probe", first_probe(planned.rule->check));
  if (planned.rule->deep) json.member("deep", true);
  write_references(json, planned.rule->references);
  json.begin_array("parameters");
  for (const Parameter* parameter : used_parameters(planned, plan))
    write_parameter(json, planned.baseline->id, *parameter);
  json.end_array();
  json.end_object();
}

}  // namespace

std::vector<const Parameter*> used_parameters(const PlannedRule& planned, const Plan& plan) {
  std::vector<const Parameter*> out;
  const auto known = plan.parameters.find(planned.baseline);
  if (known == plan.parameters.end()) return out;
  for (const std::string& name : parameters_of(*planned.rule))
    for (const Parameter& parameter : known->second)
      if (parameter.name == name) out.push_back(&parameter);
  return out;
}

std::string rule_list_text(const Plan& plan, bool color, std::size_t width) {
  const Layout layout(color, width);
  std::string out;
  const Baseline* last = nullptr;
  for (const PlannedRule& planned : plan.rules) {
    const Baseline& baseline = *planned.baseline;
    if (planned.baseline != last) {
      out += fmt::format("{}{}\n", last == nullptr ? "" : "\n",
                         layout.ink(Ink::bold, fmt::format("{} {}: {}", baseline.id,
                                                           baseline.version, baseline.title)));
      last = planned.baseline;
    }
    out += layout.wrap(fmt::format("  {:<8} ", name_of(planned.severity)),
                       fmt::format("{}: {}", planned.rule->id, planned.rule->title));
  }
  const char* const noun = plan.rules.size() == 1 ? "rule" : "rules";
  return out + fmt::format("\n{} {}; `plimsoll explain RULE` tells more of one\n",
                           plan.rules.size(), noun);
}

std::string rule_ids(const Plan& plan) {
  std::string out;
  for (const PlannedRule& planned : plan.rules) (out += planned.rule->id) += '\n';
  return out;
}

std::string rules_json(const Plan& plan) {
  Json json;
  json.begin_array();
  for (const PlannedRule& planned : plan.rules) write_rule(json, planned, plan);
  json.end_array();
  return json.take();
}

}  // namespace plimsoll
