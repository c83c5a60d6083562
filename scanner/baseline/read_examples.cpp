#include "scanner/baseline/read_examples.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scanner/base/text.h"

namespace plimsoll {
namespace {

using Kind = TomlNode::Kind;

constexpr std::array<std::string_view, 6> kKeys = {"rule", "verdict", "why", "at", "files", "set"};
constexpr std::array<std::string_view, 6> kFamilyKeys = {"family", "verdict", "why",
                                                         "at",     "files",   "set"};
constexpr std::array<std::string_view, 8> kFileKeys = {"text", "link",  "directory", "fifo",
                                                       "mode", "owner", "group",     "repeat"};
constexpr std::array<std::string_view, 4> kVerdicts = {"pass", "drift", "unknown",
                                                       "not_applicable"};
constexpr std::int64_t kMostRepeats = 1'000'000;

std::string subject_of(std::string_view rule) {
  return rule.empty() ? std::string("an example") : fmt::format("an example of `{}`", rule);
}

std::string repeated(const TableReader& table, const std::string& text) {
  const auto times = table.integer("repeat");
  if (!times) return text;
  if (*times < 1 || *times > kMostRepeats)
    table.error(*table.find("repeat"),
                fmt::format("`repeat` in {} must be from 1 to {}", table.subject(), kMostRepeats));
  std::string out;
  for (std::int64_t i = 0; i < std::min(*times, kMostRepeats); ++i) out += text;
  return out;
}

void read_mode(const TableReader& table, Example::File& file) {
  if (file.type == "directory") file.mode = 0755;
  const TomlNode* mode = table.find("mode");
  if (mode == nullptr) return;
  const auto bits = parse_value(Type::mode, mode->text);
  if (mode->kind != Kind::text || !bits)
    table.error(*mode, fmt::format("`mode` in {} must be an octal number in quotes, as \"0640\"",
                                   table.subject()));
  else
    file.mode = static_cast<std::uint32_t>(std::get<std::int64_t>(*bits));
}

Example::File read_file(const TomlMember& member, const std::string& subject,
                        Complaints& complaints) {
  Example::File file;
  file.path = member.name;
  const std::string owner = fmt::format("`{}` in {}", member.name, subject);
  if (!member.name.starts_with('/'))
    complaints.error(member.line, member.column, owner + " is not an absolute path");
  if (member.value.kind == Kind::text) {
    file.text = member.value.text;
    return file;
  }
  if (member.value.kind != Kind::table) {
    complaints.error(member.value.line, member.value.column, owner + " must be a text or a table");
    return file;
  }
  const TableReader table(member.value, owner, complaints);
  table.allow_only(kFileKeys);
  file.text = repeated(table, table.optional_text("text"));
  if (table.find("link") != nullptr) {
    file.type = "link";
    file.text = table.required_text("link");
  } else if (table.boolean("directory").value_or(false)) {
    file.type = "directory";
  } else if (table.boolean("fifo").value_or(false)) {
    file.type = "fifo";
  }
  read_mode(table, file);
  if (table.find("owner") != nullptr) file.owner = table.required_text("owner");
  if (table.find("group") != nullptr) file.group = table.required_text("group");
  return file;
}

void read_set(const TableReader& table, const Baseline& baseline, Example& example) {
  const TomlNode* set = table.table("set");
  if (set == nullptr) return;
  std::vector<std::string_view> names;
  for (const Parameter& parameter : baseline.parameters) names.push_back(parameter.name);
  for (const TomlMember& member : set->members) {
    if (std::find(names.begin(), names.end(), member.name) == names.end())
      table.complaints().error(
          member.line, member.column,
          fmt::format("unknown parameter `{}` in {}", member.name, table.subject()),
          suggestion(member.name, names));
    if (!member.value.is_scalar())
      table.wrong_kind(member.name, member.value,
                       "a text; the elements of a list have commas between them");
    example.set[member.name] = member.value.text;
  }
}

class ExamplesReader {
 public:
  ExamplesReader(Complaints& complaints, Loaded& loaded)
      : complaints_(complaints), loaded_(loaded) {}

  void read_one(const TomlNode& node) {
    const TomlNode* rule = node.find("rule");
    const TableReader table(node, subject_of(rule == nullptr ? "" : rule->text), complaints_);
    table.allow_only(kKeys);
    const std::string id = table.required_text("rule");
    check_rule(table, id);
    add(table, id);
  }

  void read_family(const TomlNode& node) {
    const TableReader table(node, "a family-example", complaints_);
    table.allow_only(kFamilyKeys);
    const std::string id = table.required_text("family");
    const auto family = std::find_if(loaded_.families.begin(), loaded_.families.end(),
                                     [&](const Family& one) { return one.id == id; });
    if (family == loaded_.families.end()) return unknown_family(table, id);
    for (const TomlNode& row : family->rows) {
      const TomlNode filled = fill(node, row, complaints_);
      const TomlNode* rule = filled.find("family");
      const TomlNode* own = row.find("id");
      const std::string name = own != nullptr ? own->text : rule->text;
      add(TableReader(filled, subject_of(name), complaints_), name);
    }
  }

 private:
  void check_rule(const TableReader& table, const std::string& id) {
    std::vector<std::string_view> ids;
    for (const Rule& rule : loaded_.baseline.rules) ids.push_back(rule.id);
    if (id.empty() || std::find(ids.begin(), ids.end(), id) != ids.end()) return;
    table.error(*table.find("rule"), fmt::format("an example of the unknown rule `{}`", id),
                suggestion(id, ids));
  }

  void unknown_family(const TableReader& table, const std::string& id) {
    std::vector<std::string_view> ids;
    for (const Family& family : loaded_.families) ids.push_back(family.id);
    if (!id.empty())
      table.error(*table.find("family"), fmt::format("an example of the unknown family `{}`", id),
                  suggestion(id, ids));
  }

  void add(const TableReader& table, const std::string& rule) {
    Example example;
    example.source = complaints_.file();
    example.line = table.node().line;
    example.rule = rule;
    if (const auto verdict = table.choice("verdict", kVerdicts))
      example.verdict = kVerdicts.at(*verdict);
    if (table.find("verdict") == nullptr) table.missing("verdict");
    example.why = table.optional_text("why");
    example.at = table.optional_text("at");
    if (const TomlNode* files = table.table("files"))
      for (const TomlMember& member : files->members)
        example.files.push_back(read_file(member, table.subject(), complaints_));
    read_set(table, loaded_.baseline, example);
    loaded_.examples.push_back(std::move(example));
  }

  Complaints& complaints_;
  Loaded& loaded_;
};

}  // namespace

void read_examples(const TomlNode& document, Complaints& complaints, Loaded& loaded) {
  ExamplesReader reader(complaints, loaded);
  for (const TomlMember& member : document.members) {
    const bool family = member.name == "family-example";
    if (!family && member.name != "example") continue;
    for (const TomlNode& item : member.value.items) {
      if (item.kind != Kind::table) continue;
      if (family)
        reader.read_family(item);
      else
        reader.read_one(item);
    }
  }
}

}  // namespace plimsoll
