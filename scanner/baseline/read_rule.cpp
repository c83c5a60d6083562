#include "scanner/baseline/read_rule.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace plimsoll {
namespace {

constexpr std::array<std::string_view, 5> kSeverities = {"info", "low", "medium", "high",
                                                         "critical"};
constexpr std::array<std::string_view, 8> kOwnKeys = {
    "id", "title", "severity", "rationale", "references", "remediation", "tags", "deep"};
constexpr std::array<std::string_view, 4> kRemediationKeys = {"set", "summary", "verify", "risk"};

std::vector<std::string_view> all_keys() {
  std::vector<std::string_view> keys(kOwnKeys.begin(), kOwnKeys.end());
  keys.insert(keys.end(), kCheckKeys.begin(), kCheckKeys.end());
  return keys;
}

std::string subject_of(const TomlNode& node) {
  const TomlNode* id = node.find("id");
  return id != nullptr && id->kind == TomlNode::Kind::text ? fmt::format("rule `{}`", id->text)
                                                           : std::string("a rule");
}

Remediation read_remediation(const TableReader& rule) {
  const TomlNode* node = rule.table("remediation");
  if (rule.find("remediation") == nullptr) rule.missing("remediation");
  if (node == nullptr) return {};
  const TableReader table(*node, "the remediation of " + rule.subject(), rule.complaints());
  table.allow_only(kRemediationKeys);
  return {table.optional_text("set"), table.required_text("summary"), table.optional_text("verify"),
          table.optional_text("risk")};
}

void read_id(const TableReader& table, Rule& rule) {
  rule.id = table.required_text("id");
  if (rule.id.empty() || is_rule_id(rule.id)) return;
  table.error(*table.find("id"), fmt::format("`{}` is not a rule id", rule.id),
              "lower-case words joined with dashes, after the component and a dot: "
              "`sshd.max-auth-tries`");
}

}  // namespace

bool is_rule_id(std::string_view id) {
  bool dotted = false, open = true;  // open: a letter or digit must come next
  for (const char c : id) {
    const bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (!word && (open || (c != '.' && c != '-' && c != '_'))) return false;
    dotted = dotted || c == '.';
    open = !word;
  }
  return dotted && !open;
}

std::span<const std::string_view> rule_keys() {
  static const std::vector<std::string_view> kAll = all_keys();
  return kAll;
}

References read_references(const TableReader& owner) {
  References out;
  const TomlNode* node = owner.table("references");
  if (node == nullptr) return out;
  const TableReader table(*node, "the references of " + owner.subject(), owner.complaints());
  for (const TomlMember& member : node->members) {
    std::vector<std::string> names = table.texts(member.name);
    if (!names.empty()) out.by_name.emplace(member.name, std::move(names));
  }
  return out;
}

Rule read_rule(const TomlNode& node, const CheckContext& context, Complaints& complaints) {
  const TableReader table(node, subject_of(node), complaints);
  table.allow_only(rule_keys());
  Rule rule;
  rule.line = node.line;
  read_id(table, rule);
  rule.title = table.required_text("title");
  if (table.find("severity") == nullptr) table.missing("severity");
  if (const auto severity = table.choice("severity", kSeverities))
    rule.severity = static_cast<Severity>(*severity);
  rule.rationale = table.required_text("rationale");
  rule.references = read_references(table);
  rule.remediation = read_remediation(table);
  rule.tags = table.texts("tags");
  rule.deep = table.boolean("deep").value_or(false);
  rule.check = read_check(table, {}, context);
  if (const TomlNode* when = table.table("when")) {
    const TableReader condition(*when, "`when` in " + table.subject(), complaints);
    condition.allow_only(kCheckKeys);
    rule.when = read_check(condition, rule.check.probe, context);
  }
  return rule;
}

}  // namespace plimsoll
