#include "scanner/baseline/site.h"

#include <fmt/format.h>

#include <array>

#include "scanner/baseline/read_value.h"
#include "scanner/baseline/table_reader.h"

namespace plimsoll {
namespace {

constexpr std::array<std::string_view, 5> kKeys = {"baselines", "level", "set", "override",
                                                   "waiver"};
constexpr std::array<std::string_view, 4> kOverrideKeys = {"rule", "severity", "disabled",
                                                           "reason"};
constexpr std::array<std::string_view, 11> kWaiverKeys = {"rule",     "scope",  "key",    "path",
                                                          "value",    "host",   "reason", "owner",
                                                          "approver", "ticket", "expires"};
constexpr std::array<std::string_view, 5> kSeverities = {"info", "low", "medium", "high",
                                                         "critical"};

Override read_override(const TableReader& table) {
  table.allow_only(kOverrideKeys);
  Override out;
  out.line = table.node().line;
  out.rule = table.required_text("rule");
  if (const auto severity = table.choice("severity", kSeverities))
    out.severity = static_cast<Severity>(*severity);
  out.disabled = table.boolean("disabled").value_or(false);
  if (out.disabled)
    out.reason = table.required_text("reason");
  else
    out.reason = table.optional_text("reason");
  if (!out.disabled && table.find("severity") == nullptr)
    table.error(table.node(), table.subject() + " changes nothing",
                "give it a `severity`, or `disabled = true` with a reason");
  return out;
}

Waiver read_waiver(const TableReader& table) {
  table.allow_only(kWaiverKeys);
  Waiver out;
  out.line = table.node().line;
  out.rule = table.required_text("rule");
  out.scope = table.optional_text("scope");
  out.key = table.optional_text("key");
  out.path = table.optional_text("path");
  out.value = table.optional_text("value");
  out.host = table.optional_text("host");
  out.reason = table.required_text("reason");
  out.owner = table.required_text("owner");
  out.approver = table.optional_text("approver");
  out.ticket = table.optional_text("ticket");
  out.expires = table.required_date("expires");
  return out;
}

template <class Item, class Read>
void read_each(const TableReader& site, std::string_view key, std::vector<Item>& out, Read read) {
  const TomlNode* array = site.array(key);
  if (array == nullptr) return;
  for (const TomlNode& node : array->items) {
    if (node.kind != TomlNode::Kind::table) {
      site.wrong_kind(key, node, "an array of tables");
      continue;
    }
    const TomlNode* rule = node.find("rule");
    const bool named = rule != nullptr && rule->kind == TomlNode::Kind::text;
    const std::string subject = named ? fmt::format("the {} of `{}`", key, rule->text)
                                      : fmt::format("{} {}", key == "override" ? "an" : "a", key);
    out.push_back(read(TableReader(node, subject, site.complaints())));
  }
}

}  // namespace

Site load_site(std::string_view text, const std::string& file, Diagnostics& problems) {
  Site out;
  out.file = file;
  Complaints complaints(text, file);
  const auto document = parse_toml(text, file);
  if (document) {
    const TableReader table(*document, "the configuration", complaints);
    table.allow_only(kKeys);
    out.baselines = table.texts("baselines");
    out.level = table.optional_text("level");
    if (const TomlNode* set = table.table("set"))
      for (const TomlMember& member : set->members)
        out.set.push_back({member.name, read_value(member.value, table), {}, member.line});
    read_each(table, "override", out.overrides, read_override);
    read_each(table, "waiver", out.waivers, read_waiver);
  } else {
    complaints.error(document.error().where.line, document.error().where.column,
                     document.error().what);
  }
  for (Diagnostic& problem : complaints.take()) problems.push_back(std::move(problem));
  return out;
}

}  // namespace plimsoll
