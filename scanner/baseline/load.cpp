#include "scanner/baseline/load.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "scanner/base/text.h"
#include "scanner/baseline/parameter.h"
#include "scanner/baseline/read_examples.h"
#include "scanner/baseline/read_rule.h"
#include "scanner/baseline/read_value.h"

namespace plimsoll {
namespace {

using Kind = TomlNode::Kind;

constexpr int kSchema = 1;
constexpr std::array<std::string_view, 14> kComponentKeys = {
    "schema",  "id",        "version", "title",  "owner", "reviewed", "review_days",
    "element", "parameter", "rule",    "family", "when",  "example",  "family-example"};
constexpr std::array<std::string_view, 13> kBenchmarkKeys = {
    "schema",    "id",     "version", "title", "owner",  "reviewed",  "review_days",
    "benchmark", "levels", "set",     "level", "select", "components"};
constexpr std::array<std::string_view, 6> kElements = {"os",        "service", "container",
                                                       "framework", "library", "appliance"};
constexpr std::array<std::string_view, 9> kTypes = {
    "text", "boolean", "integer", "mode", "duration", "size", "version", "list", "set"};
constexpr std::array<std::string_view, 7> kParameterKeys = {
    "type", "default", "least", "most", "choices", "doc", "references"};
constexpr std::array<std::string_view, 6> kSelectKeys = {"rule",    "except",   "levels",
                                                         "section", "severity", "explicit"};
constexpr std::array<std::string_view, 1> kLevelKeys = {"set"};
constexpr std::array<std::string_view, 5> kSeverities = {"info", "low", "medium", "high",
                                                         "critical"};
constexpr std::array<std::string_view, 2> kExampleKeys = {"example", "family-example"};

bool is_identifier(std::string_view text) {
  const auto is_word = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !text.empty() && is_word(text.front()) && is_word(text.back()) &&
         std::all_of(text.begin(), text.end(),
                     [&](char c) { return is_word(c) || c == '-' || c == '_'; });
}

std::string subject_of(const TomlNode& document) {
  const TomlNode* id = document.find("id");
  return id != nullptr && id->kind == Kind::text ? fmt::format("baseline `{}`", id->text)
                                                 : std::string("the baseline");
}

class Loader {
 public:
  Loader(const TomlNode& document, Probes probes, Complaints& complaints, Loaded& out)
      : table_(document, subject_of(document), complaints), probes_(probes), out_(out) {}

  void load() {
    baseline().is_benchmark = table_.boolean("benchmark").value_or(false);
    if (baseline().is_benchmark)
      table_.allow_only(kBenchmarkKeys);
    else
      table_.allow_only(kComponentKeys);
    read_head();
    if (baseline().is_benchmark) return read_benchmark();
    read_element();
    read_parameters();
    read_rules();
    read_applicability();
    check_document_rules();
    read_examples(table_.node(), complaints(), out_);
  }

 private:
  [[nodiscard]] Baseline& baseline() { return out_.baseline; }
  [[nodiscard]] Complaints& complaints() const { return table_.complaints(); }

  // --- the head

  void read_head() {
    const auto schema = table_.integer("schema");
    if (table_.find("schema") == nullptr) table_.missing("schema");
    if (schema && *schema != kSchema)
      table_.error(*table_.find("schema"),
                   fmt::format("schema {} is not known to this version", *schema),
                   fmt::format("it reads schema {}", kSchema));
    baseline().id = table_.required_text("id");
    if (!baseline().id.empty() && !is_identifier(baseline().id))
      table_.error(*table_.find("id"), fmt::format("`{}` is not a baseline id", baseline().id),
                   "lower-case words joined with dashes");
    baseline().version = table_.required_text("version");
    if (!baseline().version.empty() && !is_semantic_version(baseline().version))
      table_.error(*table_.find("version"),
                   fmt::format("`{}` is not a semantic version", baseline().version),
                   "three numbers, as \"1.0.0\"");
    baseline().title = table_.required_text("title");
    baseline().owner = table_.required_text("owner");
    baseline().reviewed = table_.required_date("reviewed");
    if (const auto days = table_.integer("review_days")) {
      if (*days < 1 || *days > 36500)
        table_.error(*table_.find("review_days"), "`review_days` must be from 1 to 36500");
      else
        baseline().review_days = static_cast<int>(*days);
    }
  }

  void read_element() {
    if (table_.find("element") == nullptr) table_.missing("element");
    if (const auto element = table_.choice("element", kElements))
      baseline().element = kElements.at(*element);
  }

  // --- parameters

  void read_parameters() {
    const TomlNode* parameters = table_.table("parameter");
    if (parameters == nullptr) return;
    for (const TomlMember& member : parameters->members) {
      if (parameter_reference("$" + member.name).empty())
        complaints().error(member.line, member.column,
                           fmt::format("`{}` is not a parameter name", member.name),
                           "lower-case letters, digits and underscores");
      if (member.value.kind == Kind::table)
        read_parameter(member);
      else
        table_.wrong_kind(member.name, member.value, "a table");
    }
  }

  void read_parameter(const TomlMember& member) {
    const TableReader table(member.value, fmt::format("parameter `{}`", member.name), complaints());
    table.allow_only(kParameterKeys);
    Parameter parameter;
    parameter.name = member.name;
    if (table.find("type") == nullptr) table.missing("type");
    if (const auto type = table.choice("type", kTypes)) parameter.type = static_cast<Type>(*type);
    parameter.is_list = parameter.type == Type::list || parameter.type == Type::set;
    parameter.least = table.integer("least");
    parameter.most = table.integer("most");
    parameter.choices = table.texts("choices");
    parameter.doc = table.required_text("doc");
    parameter.references = read_references(table);
    if (const TomlNode* value = table.find("default")) {
      parameter.value = read_value(*value, table);
      if (const std::string problem = value_problem(parameter, parameter.value); !problem.empty())
        table.error(*value, fmt::format("the default of {}: {}", table.subject(), problem));
    } else {
      table.missing("default");
    }
    baseline().parameters.push_back(std::move(parameter));
  }

  // --- rules and families

  void read_rules() {
    const CheckContext context{probes_, baseline().parameters};
    each_table("rule",
               [&](const TomlNode& node) { add(read_rule(node, context, complaints()), node); });
    each_table("family", [&](const TomlNode& node) {
      Family family;
      for (const TomlNode& rule : expand_family(node, rule_keys(), family, complaints()))
        add(read_rule(rule, context, complaints()), rule);
      out_.families.push_back(std::move(family));
    });
    if (baseline().rules.empty()) complaints().error(0, 0, table_.subject() + " has no rules");
  }

  template <class Do>
  void each_table(std::string_view key, Do act) const {
    const TomlNode* array = table_.array(key);
    if (array == nullptr) return;
    for (const TomlNode& node : array->items) {
      if (node.kind == Kind::table)
        act(node);
      else
        table_.wrong_kind(key, node, "an array of tables");
    }
  }

  void add(Rule rule, const TomlNode& node) {
    const TomlNode* id = node.find("id");
    if (!rule.id.empty() && !ids_.insert(rule.id).second)
      table_.error(*id, fmt::format("a second rule `{}`", rule.id), "ids are never used twice");
    if (is_rule_id(rule.id) && !rule.id.starts_with(baseline().id + "."))
      table_.error(*id, fmt::format("rule `{}` is not of component `{}`", rule.id, baseline().id),
                   fmt::format("its id begins with `{}.`", baseline().id));
    baseline().rules.push_back(std::move(rule));
  }

  static void gather_probes(const Check& check, std::set<std::string>& out) {
    if (!check.probe.empty()) out.insert(check.probe);
    for (const Check& child : check.children) gather_probes(child, out);
  }

  /// Each document is judged by itself, so what such a rule asks is in the document.
  void check_document_rules() {
    for (const Rule& rule : baseline().rules) {
      std::set<std::string> names;
      gather_probes(rule.check, names);
      if (rule.when) gather_probes(*rule.when, names);
      const bool has_documents = std::any_of(names.begin(), names.end(), [&](const auto& name) {
        const Probe* probe = find_probe(probes_, name);
        return probe != nullptr && probe->reads_documents() && !probe->documents.also_on_hosts;
      });
      if (has_documents && names.size() > 1)
        complaints().error(rule.line, 0,
                           fmt::format("rule `{}` asks several probes, and one of them reads "
                                       "documents, which are judged one at a time",
                                       rule.id),
                           "ask the probe of documents alone");
    }
  }

  /// `when` in the head narrows every rule.
  void read_applicability() {
    const TomlNode* when = table_.table("when");
    if (when == nullptr) return;
    const TableReader condition(*when, "`when` of " + table_.subject(), complaints());
    condition.allow_only(kCheckKeys);
    const Check check = read_check(condition, {}, {probes_, baseline().parameters});
    for (Rule& rule : baseline().rules) {
      if (!rule.when) {
        rule.when = check;
        continue;
      }
      Check both;
      both.kind = Check::Kind::all;
      both.line = rule.when->line;
      both.children = {check, std::move(*rule.when)};
      rule.when = std::move(both);
    }
  }

  // --- benchmarks

  void read_benchmark() {
    baseline().levels = table_.texts("levels");
    baseline().components = table_.texts("components");
    if (const TomlNode* set = table_.table("set")) read_set(*set, {});
    if (const TomlNode* levels = table_.table("level"))
      for (const TomlMember& level : levels->members) read_level(level);
    if (table_.find("select") == nullptr) table_.missing("select");
    each_table("select", [&](const TomlNode& node) { read_select(node); });
  }

  void read_set(const TomlNode& set, const std::string& level) {
    for (const TomlMember& member : set.members)
      baseline().set.push_back({member.name, read_value(member.value, table_), level, member.line});
  }

  void read_level(const TomlMember& level) {
    check_level(level.name, level.line, level.column);
    if (level.value.kind != Kind::table)
      return table_.wrong_kind(level.name, level.value, "a table");
    const TableReader table(level.value, fmt::format("level `{}`", level.name), complaints());
    table.allow_only(kLevelKeys);
    if (const TomlNode* set = table.table("set")) read_set(*set, level.name);
  }

  void check_level(const std::string& level, std::uint32_t line, std::uint32_t column) {
    const auto& levels = baseline().levels;
    if (std::find(levels.begin(), levels.end(), level) == levels.end())
      complaints().error(line, column,
                         fmt::format("unknown level `{}` in {}", level, table_.subject()),
                         levels.empty() ? "name it in `levels`" : suggestion(level, levels));
  }

  void read_select(const TomlNode& node) {
    const TableReader table(node, "a selection in " + table_.subject(), complaints());
    table.allow_only(kSelectKeys);
    Baseline::Selected selected;
    selected.rule = table.required_text("rule");
    selected.line = node.line;
    selected.except = table.texts("except");
    selected.levels = table.texts("levels");
    for (const std::string& level : selected.levels) check_level(level, node.line, node.column);
    selected.section = table.optional_text("section");
    if (const auto severity = table.choice("severity", kSeverities))
      selected.severity = static_cast<Severity>(*severity);
    selected.explicit_value = table.boolean("explicit");
    baseline().selects.push_back(std::move(selected));
  }

  TableReader table_;
  Probes probes_;
  Loaded& out_;
  std::set<std::string, std::less<>> ids_;
};

void complain_about_syntax(const Error& error, Complaints& complaints) {
  complaints.error(error.where.line, error.where.column, error.what);
}

}  // namespace

bool is_semantic_version(std::string_view text) {
  const auto parts = split(text, '.');
  return parts.size() == 3 && std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
           const bool digits = part.find_first_not_of("0123456789") == std::string_view::npos;
           return digits && !part.empty() && part.size() < 7 &&
                  (part.size() == 1 || part.front() != '0');
         });
}

Loaded load_baseline(std::string_view text, const std::string& file, Probes probes) {
  Loaded out;
  out.baseline.file = file;
  Complaints complaints(text, file);
  const auto document = parse_toml(text, file);
  if (document)
    Loader(*document, probes, complaints, out).load();
  else
    complain_about_syntax(document.error(), complaints);
  out.problems = complaints.take();
  return out;
}

void load_examples(std::string_view text, const std::string& file, Loaded& loaded) {
  Complaints complaints(text, file);
  const auto document = parse_toml(text, file);
  if (document) {
    TableReader(*document, "the examples", complaints).allow_only(kExampleKeys);
    read_examples(*document, complaints, loaded);
  } else {
    complain_about_syntax(document.error(), complaints);
  }
  for (Diagnostic& problem : complaints.take()) loaded.problems.push_back(std::move(problem));
}

}  // namespace plimsoll
