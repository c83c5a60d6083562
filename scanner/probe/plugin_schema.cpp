#include "scanner/probe/plugin_schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "scanner/base/text.h"

namespace plimsoll {
namespace {

constexpr std::size_t kDocBytes = 2000;

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

/// Whether a value is of the kind that a column of that type holds.
bool fits(const Value& value, Type type) {
  if (std::holds_alternative<std::monostate>(value)) return true;
  switch (type) {
    case Type::text:
    case Type::version:
      return std::holds_alternative<std::string>(value);
    case Type::boolean:
      return std::holds_alternative<bool>(value);
    case Type::integer:
    case Type::mode:
      return std::holds_alternative<std::int64_t>(value);
    case Type::duration:
    case Type::size:
      return std::holds_alternative<std::int64_t>(value) ||
             std::holds_alternative<std::string>(value);
    case Type::list:
    case Type::set:
      return std::holds_alternative<std::vector<std::string>>(value);
  }
  return false;
}

}  // namespace

std::string why_unusable(const PluginSchema& schema, std::string_view expected_name) {
  if (schema.name != expected_name)
    return fmt::format("it calls itself `{}`, its file says `{}`", printable(schema.name),
                       printable(expected_name));
  if (!is_name(schema.name))
    return "a probe's name is lower case letters, digits and hyphens, at most 64";
  if (schema.shape == Shape::rows && schema.fields.empty()) return "its rows have no fields";
  if (schema.fields.size() > kMostFields || schema.files.size() > kMostFields)
    return fmt::format("it declares more than {} fields or files", kMostFields);
  if (schema.summary.size() > kDocBytes || schema.semantics.size() > kDocBytes)
    return fmt::format("its summary is longer than {} bytes", kDocBytes);
  std::set<std::string_view> names;
  for (const PluginSchema::Column& field : schema.fields) {
    if (field.name.empty() || field.name.size() + field.doc.size() > kDocBytes)
      return "a field has no name, or one that is too long";
    if (!names.insert(field.name).second)
      return fmt::format("it declares the field `{}` twice", printable(field.name));
  }
  return {};
}

bool FactCollector::refuse(std::string why) {
  if (problem_.empty()) problem_ = std::move(why);
  return false;
}

bool FactCollector::one_more() {
  if (++rows_ <= limits_.rows) return true;
  return refuse(fmt::format("it yielded more than {} facts", limits_.rows));
}

bool FactCollector::count_bytes(std::size_t bytes) {
  bytes_ += bytes;
  if (bytes_ <= limits_.bytes) return true;
  return refuse(fmt::format("it yielded more than {} bytes", limits_.bytes));
}

bool FactCollector::setting(std::string scope, std::string key, std::string value, Origin origin) {
  if (schema_.shape != Shape::settings) return refuse("it yields rows, and yielded a setting");
  if (key.empty()) return refuse("it yielded a setting without a key");
  const bool known = schema_.open_keys ||
                     std::any_of(schema_.fields.begin(), schema_.fields.end(),
                                 [&](const PluginSchema::Column& f) { return f.name == key; });
  if (!known) return refuse(fmt::format("it does not declare the key `{}`", printable(key)));
  facts_.setting(std::move(key), std::move(value), std::move(origin), std::move(scope));
  return one_more();
}

bool FactCollector::row(std::vector<Value> fields, Origin origin) {
  if (schema_.shape != Shape::rows) return refuse("it yields settings, and yielded a row");
  if (fields.size() != schema_.fields.size())
    return refuse(fmt::format("it yielded a row of {} values for {} fields", fields.size(),
                              schema_.fields.size()));
  for (std::size_t i = 0; i < fields.size(); ++i)
    if (!fits(fields[i], schema_.fields[i].type))
      return refuse(fmt::format("the field `{}` of a row is not of its type",
                                printable(schema_.fields[i].name)));
  facts_.row(std::move(fields), std::move(origin));
  return one_more();
}

bool FactCollector::shadow(std::string value, Origin origin, std::string why) {
  if (facts_.rows.empty()) return refuse("it shadowed a value before it yielded one");
  facts_.rows.back().shadowed.push_back({std::move(value), std::move(origin), std::move(why)});
  return one_more();
}

bool FactCollector::gap(Gap gap) {
  if (gap.error.what.empty()) return refuse("it reported a gap without saying what it is");
  facts_.gaps.push_back(std::move(gap));
  return one_more();
}

bool FactCollector::not_applicable(std::string why) {
  if (why.empty()) return refuse("it is not applicable, and does not say why");
  facts_.not_applicable = std::move(why);
  return true;
}

}  // namespace plimsoll
