// The one translation unit that includes toml++ (it costs seconds to compile).
#include "scanner/baseline/toml_reader.h"

#include <fmt/format.h>

// toml++ 3.3 asserts that a table header goes on with a key (parser.inl, parse_key) before it
// reports that `[ %` does not, and with NDEBUG it tells the compiler to rely on that. Neither is
// wanted: its checks behind the assertions are complete.
#undef NDEBUG
#define TOML_ASSERT(condition) static_assert(true)
#include <toml++/toml.h>

#include <algorithm>
#include <array>

namespace plimsoll {
namespace {

std::string date_text(const toml::date& date) {
  return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
}

std::string integer_text(const toml::value<std::int64_t>& value) {
  const bool octal =
      (value.flags() & toml::value_flags::format_as_octal) != toml::value_flags::none;
  return octal && *value >= 0 ? fmt::format("0{:o}", *value) : std::to_string(*value);
}

TomlNode convert(const toml::node& node);

void convert_table(const toml::table& table, TomlNode& out) {
  out.members.reserve(table.size());
  for (const auto& [key, value] : table) {
    const toml::source_position& at = key.source().begin;
    out.members.push_back({std::string(key.str()), at.line, at.column, convert(value)});
  }
  std::stable_sort(out.members.begin(), out.members.end(),
                   [](const TomlMember& a, const TomlMember& b) {
                     return a.line != b.line ? a.line < b.line : a.column < b.column;
                   });
}

void convert_array(const toml::array& array, TomlNode& out) {
  out.items.reserve(array.size());
  for (const toml::node& item : array) out.items.push_back(convert(item));
}

TomlNode convert(const toml::node& node) {
  TomlNode out;
  out.line = node.source().begin.line;
  out.column = node.source().begin.column;
  const auto scalar = [&](TomlNode::Kind kind, std::string text) {
    out.kind = kind;
    out.text = std::move(text);
  };
  if (const auto* table = node.as_table()) {
    convert_table(*table, out);
  } else if (const auto* array = node.as_array()) {
    out.kind = TomlNode::Kind::array;
    convert_array(*array, out);
  } else if (const auto* text = node.as_string()) {
    scalar(TomlNode::Kind::text, text->get());
  } else if (const auto* integer = node.as_integer()) {
    scalar(TomlNode::Kind::integer, integer_text(*integer));
    out.integer = integer->get();
  } else if (const auto* flag = node.as_boolean()) {
    scalar(TomlNode::Kind::boolean, flag->get() ? "true" : "false");
  } else if (const auto* real = node.as_floating_point()) {
    scalar(TomlNode::Kind::real, fmt::format("{}", real->get()));
  } else if (const auto* date = node.as_date()) {
    scalar(TomlNode::Kind::date, date_text(date->get()));
  } else {
    scalar(TomlNode::Kind::time, {});
  }
  return out;
}

/// toml++ begins with a description of its own state ("Error while parsing value: ").
std::string cause(std::string_view description) {
  std::string text(description);
  if (!text.empty() && text.front() >= 'A' && text.front() <= 'Z')
    text.front() = static_cast<char>(text.front() - 'A' + 'a');
  return text;
}

}  // namespace

const TomlNode* TomlNode::find(std::string_view name) const {
  for (const TomlMember& member : members)
    if (member.name == name) return &member.value;
  return nullptr;
}

std::string_view name_of(TomlNode::Kind kind) {
  constexpr std::array<std::string_view, 8> kNames = {
      "a text",   "an integer", "a number with a fraction", "true or false", "a date", "a time",
      "an array", "a table"};
  return kNames.at(static_cast<std::size_t>(kind));
}

Result<TomlNode> parse_toml(std::string_view text, const std::string& file) {
  const toml::parse_result parsed = toml::parse(text, file);
  if (!parsed) {
    const toml::parse_error& error = parsed.error();
    return fail(ErrorCode::invalid, cause(error.description()),
                {file, error.source().begin.line, error.source().begin.column});
  }
  return convert(parsed.table());
}

}  // namespace plimsoll
