#include "scanner/report/facts_jsonl.h"

#include "scanner/report/json.h"

namespace plimsoll {
namespace {

constexpr std::size_t kPieceBytes = 1 << 16;

void write_value(Json& json, const Value& value, Type type) {
  if (std::holds_alternative<std::monostate>(value)) {
    json.null();
  } else if (const auto* flag = std::get_if<bool>(&value)) {
    json.boolean(*flag);
  } else if (const auto* number = std::get_if<std::int64_t>(&value);
             number != nullptr && type != Type::mode) {
    json.number(*number);
  } else if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
    json.begin_array();
    for (const std::string& item : *list) json.text(item);
    json.end_array();
  } else {
    json.text(to_text(value, type));
  }
}

void write_setting(Json& json, const Fact& fact, std::string_view value) {
  json.member("scope", fact.scope);
  json.member("key", fact.key);
  json.member("value", value);
}

void write_fields(Json& json, const Probe& probe, const Fact& fact) {
  for (std::size_t i = 0; i < probe.fields.size() && i < fact.fields.size(); ++i) {
    json.key(probe.fields[i].name);
    write_value(json, fact.fields[i], probe.fields[i].type);
  }
}

std::string fact_line(Json& json, const Probe& probe, const Fact& fact) {
  json.begin_object();
  json.member("probe", probe.name);
  if (probe.shape == Shape::settings)
    write_setting(json, fact, fact.value);
  else
    write_fields(json, probe, fact);
  write_origin(json, fact.origin);
  json.end_object();
  return json.take();
}

std::string shadowed_line(Json& json, const Probe& probe, const Fact& fact, const Shadowed& lost) {
  json.begin_object();
  json.member("probe", probe.name);
  write_setting(json, fact, lost.value);
  write_origin(json, lost.origin);
  json.member("shadowed", true);
  json.member("why", lost.why);
  json.end_object();
  return json.take();
}

}  // namespace

bool write_facts_jsonl(const Probe& probe, const Facts& facts, bool with_shadowed,
                       const std::function<bool(std::string_view)>& write) {
  Json json(Json::Style::compact);
  std::string piece;
  for (const Fact& fact : facts.rows) {
    piece += fact_line(json, probe, fact);
    if (with_shadowed)
      for (const Shadowed& lost : fact.shadowed) piece += shadowed_line(json, probe, fact, lost);
    if (piece.size() < kPieceBytes) continue;
    if (!write(piece)) return false;
    piece.clear();
  }
  return piece.empty() || write(piece);
}

std::string facts_jsonl(const Probe& probe, const Facts& facts, bool with_shadowed) {
  std::string out;
  write_facts_jsonl(probe, facts, with_shadowed, [&](std::string_view piece) {
    out += piece;
    return true;
  });
  return out;
}

}  // namespace plimsoll
