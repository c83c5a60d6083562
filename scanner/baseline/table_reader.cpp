#include "scanner/baseline/table_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "scanner/base/nearest.h"
#include "scanner/base/text.h"

namespace plimsoll {
namespace {

constexpr std::size_t kFewNames = 16;  // as many as a message can list

template <class Names>
std::string suggest(std::string_view name, const Names& valid) {
  const std::string near = nearest_name(name, valid);
  if (!near.empty()) return fmt::format("use `{}`", near);
  if (valid.empty() || valid.size() > kFewNames) return {};
  std::string out = "one of ";
  for (const auto& candidate : valid)
    out += fmt::format("{}`{}`", &candidate == &valid.front() ? "" : ", ", candidate);
  return out;
}

}  // namespace

std::string suggestion(std::string_view name, std::span<const std::string_view> valid) {
  return suggest(name, valid);
}
std::string suggestion(std::string_view name, std::span<const std::string> valid) {
  return suggest(name, valid);
}

void TableReader::allow_only(std::span<const std::string_view> keys) const {
  for (const TomlMember& member : table_.members)
    if (std::find(keys.begin(), keys.end(), member.name) == keys.end())
      complaints_.error(member.line, member.column,
                        fmt::format("unknown key `{}` in {}", member.name, subject_),
                        suggestion(member.name, keys));
}

std::string TableReader::required_text(std::string_view key) const {
  if (table_.find(key) == nullptr) return missing(key), std::string();
  std::string text = optional_text(key);
  const TomlNode& value = *table_.find(key);
  if (value.kind == TomlNode::Kind::text && trim(text).empty())
    error(value, fmt::format("`{}` in {} is empty", key, subject_));
  return text;
}

std::string TableReader::optional_text(std::string_view key) const {
  const TomlNode* value = table_.find(key);
  if (value == nullptr) return {};
  if (value->kind != TomlNode::Kind::text) return wrong_kind(key, *value, "a text"), std::string();
  return value->text;
}

std::optional<bool> TableReader::boolean(std::string_view key) const {
  const TomlNode* value = table_.find(key);
  if (value == nullptr) return std::nullopt;
  if (value->kind != TomlNode::Kind::boolean)
    return wrong_kind(key, *value, "true or false"), std::nullopt;
  return value->text == "true";
}

std::optional<std::int64_t> TableReader::integer(std::string_view key) const {
  const TomlNode* value = table_.find(key);
  if (value == nullptr) return std::nullopt;
  if (value->kind != TomlNode::Kind::integer)
    return wrong_kind(key, *value, "an integer"), std::nullopt;
  return value->integer;
}

std::string TableReader::required_date(std::string_view key) const {
  const TomlNode* value = table_.find(key);
  if (value == nullptr) return missing(key), std::string();
  if (value->kind == TomlNode::Kind::date) return value->text;
  wrong_kind(key, *value, "a date");
  complaints_.last().help = "write it without quotes, as 2026-11-25";
  return {};
}

std::vector<std::string> TableReader::texts(std::string_view key) const {
  const TomlNode* value = table_.find(key);
  if (value == nullptr) return {};
  if (value->kind == TomlNode::Kind::text) return {value->text};
  if (value->kind != TomlNode::Kind::array)
    return wrong_kind(key, *value, "an array of texts"), std::vector<std::string>();
  std::vector<std::string> out;
  for (const TomlNode& item : value->items) {
    if (item.kind == TomlNode::Kind::text)
      out.push_back(item.text);
    else
      wrong_kind(key, item, "an array of texts");
  }
  return out;
}

std::optional<std::size_t> TableReader::choice(std::string_view key,
                                               std::span<const std::string_view> names) const {
  const TomlNode* value = table_.find(key);
  const std::string text = optional_text(key);
  if (value == nullptr || value->kind != TomlNode::Kind::text) return std::nullopt;
  const auto found = std::find(names.begin(), names.end(), text);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  error(*value, fmt::format("unknown {} `{}` in {}", key, text, subject_), suggestion(text, names));
  return std::nullopt;
}

const TomlNode* TableReader::table(std::string_view key) const {
  const TomlNode* value = table_.find(key);
  if (value == nullptr || value->kind == TomlNode::Kind::table) return value;
  wrong_kind(key, *value, "a table");
  return nullptr;
}

const TomlNode* TableReader::array(std::string_view key) const {
  const TomlNode* value = table_.find(key);
  if (value == nullptr || value->kind == TomlNode::Kind::array) return value;
  wrong_kind(key, *value, "an array");
  return nullptr;
}

void TableReader::wrong_kind(std::string_view key, const TomlNode& value,
                             std::string_view wanted) const {
  error(value,
        fmt::format("`{}` in {} must be {}, not {}", key, subject_, wanted, name_of(value.kind)));
}

void TableReader::missing(std::string_view key) const {
  complaints_.error(table_.line, table_.column, fmt::format("{} has no `{}`", subject_, key));
}

Diagnostic& TableReader::error(const TomlNode& at, std::string what, std::string help) const {
  return complaints_.error(at.line, at.column, std::move(what), std::move(help));
}

}  // namespace plimsoll
