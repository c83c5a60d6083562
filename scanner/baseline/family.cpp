#include "scanner/baseline/family.h"

#include <fmt/format.h>

#include <algorithm>

#include "scanner/baseline/table_reader.h"

namespace plimsoll {
namespace {

class Filler {
 public:
  Filler(const TomlNode& row, Complaints& complaints) : row_(row), complaints_(complaints) {}

  /// Whether the name was asked for so far.
  [[nodiscard]] bool used(std::string_view name) const {
    return std::find(used_.begin(), used_.end(), name) != used_.end();
  }

  TomlNode node(const TomlNode& from) {
    if (from.kind == TomlNode::Kind::text) return text(from);
    TomlNode out = from;
    for (TomlNode& item : out.items) item = node(item);
    for (TomlMember& member : out.members) {
      member.name = fill_text(member.name, member.line, member.column);
      member.value = node(member.value);
    }
    return out;
  }

 private:
  TomlNode text(const TomlNode& from) {
    const std::string_view all = from.text;
    const bool whole =
        all.size() > 2 && all.front() == '{' && all[1] != '{' && all.find('}') == all.size() - 1;
    if (whole)
      if (const TomlNode* value = look_up(all.substr(1, all.size() - 2), from.line, from.column))
        return *value;
    TomlNode out = from;
    if (!whole) out.text = fill_text(all, from.line, from.column);
    return out;
  }

  std::string fill_text(std::string_view from, std::uint32_t line, std::uint32_t column) {
    std::string out;
    for (std::size_t i = 0; i < from.size(); ++i) {
      const char c = from[i];
      if ((c == '{' || c == '}') && i + 1 < from.size() && from[i + 1] == c) {
        out += c;
        ++i;
      } else if (c == '{') {
        const auto end = from.find('}', i);
        if (end == std::string_view::npos) return unclosed(from, line, column);
        const TomlNode* value = look_up(from.substr(i + 1, end - i - 1), line, column);
        if (value != nullptr && !value->is_scalar())
          complaints_.error(
              value->line, value->column,
              fmt::format("{} cannot stand inside the text `{}`", name_of(value->kind), from));
        if (value != nullptr) out += value->text;
        i = end;
      } else {
        out += c;
      }
    }
    return out;
  }

  std::string unclosed(std::string_view from, std::uint32_t line, std::uint32_t column) {
    complaints_.error(line, column, fmt::format("`{{` without its `}}` in `{}`", from),
                      "write `{{` for a brace");
    return std::string(from);
  }

  const TomlNode* look_up(std::string_view name, std::uint32_t line, std::uint32_t column) {
    if (!used(name)) used_.emplace_back(name);
    if (const TomlNode* value = row_.find(name)) return value;
    std::vector<std::string_view> names;
    for (const TomlMember& member : row_.members) names.push_back(member.name);
    complaints_.error(
        line, column,
        fmt::format("placeholder `{{{}}}` has no value in the row on line {}", name, row_.line),
        suggestion(name, names));
    return nullptr;
  }

  const TomlNode& row_;
  Complaints& complaints_;
  std::vector<std::string> used_;
};

/// A row key that names a field of a rule stands for that field, unless it is a placeholder (`type`
/// may well be the type of a file).
void override_with(const TomlNode& row, std::span<const std::string_view> own_keys,
                   const Filler& filler, TomlNode& rule) {
  for (const TomlMember& member : row.members) {
    if (std::find(own_keys.begin(), own_keys.end(), member.name) == own_keys.end()) continue;
    if (filler.used(member.name)) continue;
    const auto same = [&](const TomlMember& one) { return one.name == member.name; };
    const auto found = std::find_if(rule.members.begin(), rule.members.end(), same);
    if (found != rule.members.end())
      found->value = member.value;
    else
      rule.members.push_back(member);
  }
}

}  // namespace

TomlNode fill(const TomlNode& node, const TomlNode& row, Complaints& complaints) {
  return Filler(row, complaints).node(node);
}

std::vector<TomlNode> expand_family(const TomlNode& family,
                                    std::span<const std::string_view> own_keys, Family& read,
                                    Complaints& complaints) {
  const TableReader table(family, "a family", complaints);
  read.id = table.required_text("id");
  std::vector<std::string_view> keys(own_keys.begin(), own_keys.end());
  keys.push_back("rows");
  const TableReader named(family, fmt::format("family `{}`", read.id), complaints);
  named.allow_only(keys);
  if (table.find("rows") == nullptr) named.missing("rows");
  const TomlNode* rows = named.array("rows");
  if (rows == nullptr) return {};
  TomlNode shape = family;
  std::erase_if(shape.members, [](const TomlMember& member) { return member.name == "rows"; });
  std::vector<TomlNode> out;
  for (const TomlNode& row : rows->items) {
    if (row.kind != TomlNode::Kind::table) {
      named.wrong_kind("rows", row, "an array of tables");
      continue;
    }
    Filler filler(row, complaints);
    TomlNode rule = filler.node(shape);
    override_with(row, own_keys, filler, rule);
    rule.line = row.line;
    rule.column = row.column;
    out.push_back(std::move(rule));
    read.rows.push_back(row);
  }
  return out;
}

}  // namespace plimsoll
