#include "scanner/report/facts_jsonl.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "scanner/base/text.h"

namespace plimsoll {
namespace {

using Json = rapidjson::Writer<rapidjson::StringBuffer>;

void text(Json& json, std::string_view value) {
  const std::string valid = valid_utf8(value);
  json.String(valid.data(), static_cast<rapidjson::SizeType>(valid.size()));
}

void member(Json& json, std::string_view key, std::string_view value) {
  text(json, key);
  text(json, value);
}

void origin(Json& json, const Origin& where) {
  text(json, "origin");
  json.StartObject();
  if (where.is_default()) {
    json.Key("default");
    json.Bool(true);
  } else {
    member(json, "file", where.file);
    if (where.line != 0) {
      json.Key("line");
      json.Uint(where.line);
    }
  }
  json.EndObject();
}

void value_of(Json& json, const Value& value, Type type) {
  if (std::holds_alternative<std::monostate>(value)) {
    json.Null();
  } else if (const auto* flag = std::get_if<bool>(&value)) {
    json.Bool(*flag);
  } else if (const auto* number = std::get_if<std::int64_t>(&value);
             number != nullptr && type != Type::mode) {
    json.Int64(*number);
  } else if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
    json.StartArray();
    for (const std::string& item : *list) text(json, item);
    json.EndArray();
  } else {
    text(json, to_text(value, type));
  }
}

void setting(Json& json, const Probe& probe, const Fact& fact, std::string_view value,
             const Origin& where) {
  member(json, "probe", probe.name);
  member(json, "scope", fact.scope);
  member(json, "key", fact.key);
  member(json, "value", value);
  origin(json, where);
}

void end_line(rapidjson::StringBuffer& buffer, std::string& out) {
  out.append(buffer.GetString(), buffer.GetSize());
  out += '\n';
}

}  // namespace

std::string facts_jsonl(const Probe& probe, const Facts& facts, bool with_shadowed) {
  std::string out;
  for (const Fact& fact : facts.rows) {
    rapidjson::StringBuffer buffer;
    Json json(buffer);
    json.StartObject();
    if (probe.shape == Shape::settings) {
      setting(json, probe, fact, fact.value, fact.origin);
    } else {
      member(json, "probe", probe.name);
      for (std::size_t i = 0; i < probe.fields.size() && i < fact.fields.size(); ++i) {
        text(json, probe.fields[i].name);
        value_of(json, fact.fields[i], probe.fields[i].type);
      }
      origin(json, fact.origin);
    }
    json.EndObject();
    end_line(buffer, out);
    if (!with_shadowed) continue;
    for (const Shadowed& lost : fact.shadowed) {
      rapidjson::StringBuffer lost_buffer;
      Json lost_json(lost_buffer);
      lost_json.StartObject();
      setting(lost_json, probe, fact, lost.value, lost.origin);
      lost_json.Key("shadowed");
      lost_json.Bool(true);
      member(lost_json, "why", lost.why);
      lost_json.EndObject();
      end_line(lost_buffer, out);
    }
  }
  return out;
}

}  // namespace plimsoll
