#include "scanner/report/rule_json.h"

#include <fmt/format.h>

namespace plimsoll {

void write_references(Json& json, const References& references) {
  json.begin_object("references");
  for (const auto& [name, ids] : references.by_name) json.member(name, ids);
  json.end_object();
}

void write_remediation(Json& json, const Remediation& remediation) {
  json.begin_object("remediation");
  json.member_unless_empty("set", remediation.set);
  json.member_unless_empty("summary", remediation.summary);
  json.member_unless_empty("verify", remediation.verify);
  json.member_unless_empty("risk", remediation.risk);
  json.end_object();
}

void write_parameter(Json& json, std::string_view component, const Parameter& parameter) {
  json.begin_object();
  json.member("name", fmt::format("{}.{}", component, parameter.name));
  json.member("type", name_of(parameter.type));
  if (parameter.is_list)
    json.member("default", parameter.value);
  else
    json.member("default", parameter.value.empty() ? "" : parameter.value.front());
  json.member("doc", parameter.doc);
  write_references(json, parameter.references);
  json.end_object();
}

}  // namespace plimsoll
