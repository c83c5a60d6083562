#include "scanner/formats/data/data_edit.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "scanner/base/text.h"

namespace plimsoll {
namespace {

bool begins_before(const DataNode& node, std::uint32_t line, std::uint32_t column) {
  return std::tie(node.line, node.column) <= std::tie(line, column);
}

/// The entry in which the place lies, if it lies in one: the last that begins before it.
const DataEntry* entry_around(const DataNode& node, std::uint32_t line, std::uint32_t column) {
  const DataEntry* found = nullptr;
  for (const DataEntry& entry : node.entries) {
    const DataNode& first = entry.key != nullptr ? *entry.key : *entry.value;
    if (begins_before(first, line, column)) found = &entry;
  }
  return found;
}

std::string blanks(std::size_t count) { return std::string(count, ' '); }

/// YAML says `[ALL]` where JSON says `["ALL"]`.
std::string as_json(std::string_view value) {
  if (value.starts_with('[') && value.ends_with(']')) {
    std::string out;
    for (const std::string_view item : split(value.substr(1, value.size() - 2), ','))
      out += (out.empty() ? "" : ", ") + as_json(trim(item));
    return "[" + out + "]";
  }
  const bool is_literal = value == "true" || value == "false" || value.starts_with('"') ||
                          to_integer(value).has_value();
  return is_literal ? std::string(value) : fmt::format("\"{}\"", value);
}

/// What is written for one mapping.
class Setter {
 public:
  Setter(std::string_view text, std::string_view value)
      : text_(text),
        is_json_(trim_left(text).starts_with('{') || trim_left(text).starts_with('[')),
        value_(is_json_ ? as_json(value) : std::string(value)) {}

  void set(const DataNode& mapping, std::span<const std::string_view> keys) {
    const DataEntry* there = mapping.entry(keys.front());
    if (there == nullptr) return add(mapping, keys);
    const DataNode& value = *there->value;
    if (keys.size() > 1 && value.is_mapping() && !is_empty_flow(value))
      return set(value, keys.subspan(1));
    if (keys.size() == 1 && value.is_scalar() && !value.is_null()) return replace(value);
    if (keys.size() == 1 && value.is_sequence()) return add_item(value);
    if (value.is_null() || is_empty_flow(value)) fill(*there, keys.subspan(1));
  }

  std::vector<LineEdit> ways;

 private:
  [[nodiscard]] std::string_view line(std::uint32_t number) const { return line_of(text_, number); }
  [[nodiscard]] char at(const DataNode& node) const {
    const std::string_view here = line(node.line);
    return node.column == 0 || node.column > here.size() ? '\0' : here[node.column - 1];
  }
  [[nodiscard]] bool is_flow(const DataNode& mapping) const { return at(mapping) == '{'; }
  [[nodiscard]] bool is_empty_flow(const DataNode& node) const {
    return node.is_mapping() && node.entries.empty();
  }

  /// `a: {b: VALUE}` on one line, in the spelling of JSON where the file is JSON.
  [[nodiscard]] std::string flow(std::span<const std::string_view> keys) const {
    std::string out;
    const char* quote = is_json_ ? "\"" : "";
    for (std::size_t i = 0; i < keys.size(); ++i)
      out += fmt::format("{0}{1}{2}{1}: ", i == 0 ? "" : "{", quote, keys[i]);
    return out + value_ + std::string(keys.size() - 1, '}');
  }

  /// One key a line, each deeper than the one before.
  [[nodiscard]] std::vector<std::string> block(std::span<const std::string_view> keys,
                                               std::size_t indent) const {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < keys.size(); ++i)
      out.push_back(fmt::format("{}{}:{}{}", blanks(indent + 2 * i), keys[i],
                                i + 1 == keys.size() ? " " : "",
                                i + 1 == keys.size() ? value_ : ""));
    return out;
  }

  void insert(std::uint32_t before, std::vector<std::string> lines) {
    ways.push_back({before, 0, std::move(lines)});
  }

  void add(const DataNode& mapping, std::span<const std::string_view> keys) {
    if (is_flow(mapping)) return add_to_flow(mapping, keys);
    if (mapping.entries.empty()) return;
    const DataNode* first = mapping.entries.front().key;
    const DataNode* last = mapping.entries.back().key;
    if (first == nullptr || last == nullptr || first->column == 0) return;
    const auto lines = block(keys, first->column - 1);
    insert(last_line(*mapping.entries.back().value, *last) + 1, lines);
    if (last->line > first->line) insert(last->line, lines);
  }

  /// As far as the tree knows it: a text over several lines goes on after that.
  static std::uint32_t last_line(const DataNode& node, const DataNode& key) {
    std::uint32_t out = std::max(key.line, node.line);
    if (node.entries.empty()) return out;
    const DataEntry& last = node.entries.back();
    return std::max(out, last_line(*last.value, last.key != nullptr ? *last.key : *last.value));
  }

  void add_to_flow(const DataNode& mapping, std::span<const std::string_view> keys) {
    const std::string_view here = line(mapping.line);
    std::string changed(here.substr(0, mapping.column));
    changed += flow(keys);
    const std::string_view rest = here.substr(mapping.column);
    if (!mapping.entries.empty()) changed += trim(rest).empty() ? "," : ", ";
    ways.push_back({mapping.line, 1, {changed + std::string(rest)}});
  }

  /// `key:` with nothing behind it, or with `{}`.
  void fill(const DataEntry& entry, std::span<const std::string_view> keys) {
    if (entry.key == nullptr) return;
    if (keys.empty() || !entry.value->is_null()) return fill_in_place(entry, keys);
    insert(entry.key->line + 1, block(keys, entry.key->column + 1));
  }

  void fill_in_place(const DataEntry& entry, std::span<const std::string_view> keys) {
    const std::string_view here = line(entry.key->line);
    const std::string wanted = keys.empty() ? std::string(value_) : "{" + flow(keys) + "}";
    const std::size_t empty = here.find("{}", entry.key->column);
    if (empty != std::string_view::npos)
      ways.push_back(
          {entry.key->line,
           1,
           {std::string(here.substr(0, empty)) + wanted + std::string(here.substr(empty + 2))}});
    else
      ways.push_back({entry.key->line, 1, {std::string(here) + " " + wanted}});
  }

  void replace(const DataNode& scalar) {
    const std::string_view here = line(scalar.line);
    if (scalar.column == 0 || scalar.column > here.size()) return;
    const std::size_t begin = scalar.column - 1;
    const std::size_t quotes = scalar.plain ? 0 : 2;
    if (scalar.text.find('\n') != std::string_view::npos) return;
    ways.push_back(
        {scalar.line,
         1,
         {std::string(here.substr(0, begin)) + std::string(value_) +
          std::string(here.substr(std::min(begin + scalar.text.size() + quotes, here.size())))}});
  }

  /// One more item of a list: `[ALL]` is written as `- ALL` before the first one.
  void add_item(const DataNode& sequence) {
    if (sequence.entries.empty() || !value_.starts_with('[') || !value_.ends_with(']')) return;
    const DataNode& first = *sequence.entries.front().value;
    const std::string_view here = line(first.line);
    const std::string item = value_.substr(1, value_.size() - 2);
    if (at(sequence) == '[') {
      ways.push_back(
          {sequence.line,
           1,
           {std::string(line(sequence.line).substr(0, sequence.column)) + std::string(item) + ", " +
            std::string(line(sequence.line).substr(sequence.column))}});
    } else if (const std::size_t dash = here.find('-'); dash != std::string_view::npos) {
      insert(first.line, {fmt::format("{}- {}", here.substr(0, dash), item)});
    }
  }

  std::string_view text_;
  bool is_json_;
  std::string value_;
};

}  // namespace

std::vector<const DataNode*> mappings_around(const DataNode& document, std::uint32_t line,
                                             std::uint32_t column) {
  std::vector<const DataNode*> out;
  // An alias may lead upwards again; no tree that was read is as deep as that.
  constexpr std::size_t kDeepest = 256;
  const DataNode* node = &document;
  for (std::size_t depth = 0; node != nullptr && depth < kDeepest; ++depth) {
    if (node->is_mapping()) out.push_back(node);
    const DataEntry* entry = entry_around(*node, line, column);
    node = entry == nullptr || !begins_before(*entry->value, line, column) ? nullptr : entry->value;
  }
  std::reverse(out.begin(), out.end());
  return out;
}

std::vector<LineEdit> ways_to_set(std::string_view text, const DataNode& mapping,
                                  std::span<const std::string> keys, std::string_view value) {
  const std::vector<std::string_view> path(keys.begin(), keys.end());
  Setter setter(text, value);
  if (mapping.is_mapping() && !path.empty()) setter.set(mapping, path);
  return std::move(setter.ways);
}

}  // namespace plimsoll
