#include "scanner/baseline/read_rule.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "scanner/base/text.h"
#include "scanner/probe/substitution.h"

namespace plimsoll {
namespace {

constexpr std::array<std::string_view, 5> kSeverities = {"info", "low", "medium", "high",
                                                         "critical"};
constexpr std::array<std::string_view, 9> kOwnKeys = {
    "id", "title", "severity", "rationale", "references", "remediation", "edit", "tags", "deep"};
constexpr std::array<std::string_view, 5> kEditKeys = {"set", "to", "replace", "with", "drop"};
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

void read_edit(const TomlNode& node, const TableReader& rule, std::vector<EditHint>& out) {
  const TableReader table(node, "an edit of " + rule.subject(), rule.complaints());
  table.allow_only(kEditKeys);
  EditHint hint;
  hint.set = table.texts("set");
  hint.to = table.optional_text("to");
  hint.replace = table.optional_text("replace");
  hint.with = table.optional_text("with");
  hint.drop = table.boolean("drop").value_or(false);
  // Keys that have dots themselves are written as an array.
  if (const TomlNode* path = table.find("set"); path != nullptr && path->is_scalar()) {
    hint.set.clear();
    for (const std::string_view key : split(path->text, '.')) hint.set.emplace_back(key);
  }
  if (!hint.set.empty() + !hint.replace.empty() + hint.drop != 1) {
    table.error(node, "an edit sets a key, replaces a part of a line, or drops an item of a list",
                "`{ set = \"a.b\", to = \"false\" }`, `{ replace = \"yes$\", with = \"no\" }` or "
                "`{ drop = true }`");
    return;
  }
  if (!hint.replace.empty())
    if (const auto tried = Substitution::compile(hint.replace, hint.with); !tried)
      table.error(*table.find("replace"), tried.error().what);
  out.push_back(std::move(hint));
}

/// One table, or an array of them.
std::vector<EditHint> read_edits(const TableReader& rule) {
  std::vector<EditHint> out;
  const TomlNode* node = rule.find("edit");
  if (node == nullptr) return out;
  if (node->kind == TomlNode::Kind::table) {
    read_edit(*node, rule, out);
  } else if (const TomlNode* list = rule.array("edit")) {
    for (const TomlNode& one : list->items)
      if (one.kind == TomlNode::Kind::table)
        read_edit(one, rule, out);
      else
        rule.error(one, "an edit is a table");
  }
  return out;
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
  rule.edits = read_edits(table);
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
