#include "scanner/report/rule_json.h"

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

}  // namespace plimsoll
