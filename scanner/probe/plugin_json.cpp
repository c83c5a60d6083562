#include "scanner/probe/plugin_json.h"

#include <fmt/format.h>
#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <array>
#include <optional>

#include "scanner/base/text.h"

namespace plimsoll {
namespace {

using Node = rapidjson::Value;
using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

// The iterative parser: depth costs memory, not stack.
constexpr unsigned kParse = rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;
constexpr std::size_t kFilesBytes = 32U << 20U;  // of all files handed over in one request

/// In the order of Type.
constexpr std::array<std::string_view, 9> kTypes = {
    "text", "boolean", "integer", "mode", "duration", "size", "version", "list", "set"};

// ---- reading JSON: each answers with nothing when the member is of another kind ----

const Node* member(const Node& object, const char* name) {
  const auto found = object.FindMember(name);
  return found == object.MemberEnd() ? nullptr : &found->value;
}

std::string text_of(const Node& value) { return {value.GetString(), value.GetStringLength()}; }

/// A text member; `absent` when it is not there.
std::optional<std::string> text(const Node& object, const char* name,
                                std::optional<std::string> absent = std::nullopt) {
  const Node* found = member(object, name);
  if (found == nullptr) return absent;
  if (!found->IsString()) return std::nullopt;
  return text_of(*found);
}

std::optional<std::vector<std::string>> texts(const Node& value) {
  if (!value.IsArray()) return std::nullopt;
  std::vector<std::string> out;
  for (const Node& item : value.GetArray()) {
    if (!item.IsString()) return std::nullopt;
    out.push_back(text_of(item));
  }
  return out;
}

std::optional<std::uint32_t> place(const Node& object, const char* name) {
  const Node* found = member(object, name);
  if (found == nullptr) return 0;
  if (!found->IsUint()) return std::nullopt;
  return found->GetUint();
}

/// `{"file", "line", "column"}` or `{"default": true}`.
std::optional<Origin> origin_of(const Node& value) {
  if (!value.IsObject()) return std::nullopt;
  const Node* is_default = member(value, "default");
  if (is_default != nullptr && is_default->IsTrue()) return Origin{};
  const auto file = text(value, "file");
  const auto line = place(value, "line");
  const auto column = place(value, "column");
  if (!file || file->empty() || !line || !column) return std::nullopt;
  return Origin{*file, *line, *column};
}

std::optional<Origin> origin_in(const Node& object) {
  const Node* found = member(object, "origin");
  return found == nullptr ? std::nullopt : origin_of(*found);
}

Result<rapidjson::Document> parse(std::string_view line) {
  rapidjson::Document document;
  document.Parse<kParse>(line.data(), line.size());
  if (document.HasParseError() || !document.IsObject())
    return fail(ErrorCode::invalid, fmt::format("it printed a line that is no JSON object: `{}`",
                                                printable(line.substr(0, 80))));
  return document;
}

// ---- the schema ----

tl::unexpected<Error> bad_schema(std::string_view what) {
  return fail(ErrorCode::invalid, fmt::format("its schema is not one: {}", what));
}

std::optional<PluginSchema::Column> column_of(const Node& value) {
  if (!value.IsObject()) return std::nullopt;
  const auto name = text(value, "name");
  const auto type = text(value, "type", "text");
  const auto doc = text(value, "doc", "");
  if (!name || !type || !doc) return std::nullopt;
  for (std::size_t i = 0; i < kTypes.size(); ++i)
    if (kTypes[i] == *type) return PluginSchema::Column{*name, static_cast<Type>(i), *doc};
  return std::nullopt;
}

Result<PluginSchema> schema_of(const Node& value) {
  const Node* protocol = member(value, "protocol");
  if (protocol == nullptr || !protocol->IsInt()) return bad_schema("`protocol` is no number");
  if (protocol->GetInt() != kProgramProtocol)
    return fail(ErrorCode::unsupported,
                fmt::format("it speaks version {} of the protocol, this is version {}",
                            protocol->GetInt(), kProgramProtocol));
  const auto name = text(value, "name"), summary = text(value, "summary", ""),
             semantics = text(value, "semantics", ""), shape = text(value, "shape");
  if (!name || !summary || !semantics) return bad_schema("`name`, `summary` or `semantics`");
  if (shape != "settings" && shape != "rows")
    return bad_schema("`shape` is neither `settings` nor `rows`");
  PluginSchema schema;
  schema.name = *name;
  schema.summary = *summary;
  schema.semantics = *semantics;
  schema.shape = shape == "rows" ? Shape::rows : Shape::settings;
  if (const Node* open = member(value, "open_keys"); open != nullptr) {
    if (!open->IsBool()) return bad_schema("`open_keys` is neither true nor false");
    schema.open_keys = open->GetBool();
  }
  if (const Node* fields = member(value, "fields"); fields != nullptr) {
    if (!fields->IsArray()) return bad_schema("`fields` is no array");
    for (const Node& field : fields->GetArray()) {
      auto column = column_of(field);
      if (!column) return bad_schema(fmt::format("field {}", schema.fields.size() + 1));
      schema.fields.push_back(std::move(*column));
    }
  }
  if (const Node* files = member(value, "files"); files != nullptr) {
    auto paths = texts(*files);
    if (!paths) return bad_schema("`files` is no array of texts");
    schema.files = std::move(*paths);
  }
  return schema;
}

// ---- the request ----

void put(Writer& out, std::string_view value) {
  const std::string valid = valid_utf8(value);
  out.String(valid.data(), static_cast<rapidjson::SizeType>(valid.size()));
}

void put_member(Writer& out, std::string_view name, std::string_view value) {
  put(out, name);
  put(out, value);
}

std::string_view name_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::not_found:
      return "not_found";
    case ErrorCode::denied:
      return "denied";
    case ErrorCode::wrong_type:
      return "wrong_type";
    case ErrorCode::limit:
      return "limit";
    case ErrorCode::link_loop:
      return "link_loop";
    default:
      return "failed";
  }
}

/// Hands over the files that a schema names.
class FileWriter {
 public:
  FileWriter(Writer& out, const Root& root, FactCollector& facts)
      : out_(out), root_(root), facts_(facts) {}

  void add(std::string_view pattern) {
    const Root::Glob glob = root_.glob(pattern);
    for (const Error& error : glob.errors) facts_.gap({error, {}});
    for (const std::string& path : glob.paths) add_file(path);
  }

 private:
  void add_file(const std::string& path) {
    auto text = root_.read(path);
    if (!text && text.error().code == ErrorCode::not_found) return;  // a dangling link
    if (text && (bytes_ += text->size()) > kFilesBytes)
      text =
          fail(ErrorCode::limit,
               fmt::format("the cap of {} bytes for one request is used up", kFilesBytes), {path});
    put(out_, path);
    out_.StartObject();
    if (text) {
      const std::string valid = valid_utf8(*text);
      put_member(out_, "text", valid);
      if (valid != *text) {
        put(out_, "lossy");
        out_.Bool(true);
      }
    } else {
      put_member(out_, "error", name_of(text.error().code));
      put_member(out_, "what", text.error().what);
      facts_.gap({text.error(), {}});
    }
    out_.EndObject();
  }

  Writer& out_;
  const Root& root_;
  FactCollector& facts_;
  std::size_t bytes_ = 0;
};

// ---- the answer ----

/// A value of a row, as `plimsoll facts` prints one of that type.
std::optional<Value> value_of(const Node& value, Type type) {
  if (value.IsNull()) return std::monostate{};
  if (value.IsBool()) return value.GetBool();
  if (value.IsInt64()) return value.GetInt64();
  if (value.IsArray()) {
    auto items = texts(value);
    if (!items) return std::nullopt;
    return *items;
  }
  if (!value.IsString()) return std::nullopt;
  const std::string text = text_of(value);
  if (type != Type::mode) return text;
  const auto bits = to_integer(text, 8);
  if (!bits) return std::nullopt;
  return *bits;
}

bool take_row(const PluginSchema& schema, const Node& object, const Origin& origin,
              FactCollector& facts) {
  std::vector<Value> fields;
  for (const PluginSchema::Column& column : schema.fields) {
    const Node* found = member(object, column.name.c_str());
    if (found == nullptr)
      return facts.refuse(fmt::format("a row has no field `{}`", printable(column.name)));
    auto value = value_of(*found, column.type);
    if (!value)
      return facts.refuse(
          fmt::format("the field `{}` of a row is not of its type", printable(column.name)));
    fields.push_back(std::move(*value));
  }
  return facts.row(std::move(fields), origin);
}

bool take_setting(const Node& object, const Origin& origin, FactCollector& facts) {
  const auto scope = text(object, "scope", ""), key = text(object, "key"),
             value = text(object, "value"), why = text(object, "why", "");
  if (!scope || !key || !value || !why)
    return facts.refuse("a setting whose `scope`, `key` or `value` is no text");
  const Node* shadowed = member(object, "shadowed");
  if (shadowed == nullptr || !shadowed->IsTrue())
    return facts.setting(*scope, *key, *value, origin);
  const auto& rows = facts.facts().rows;
  if (rows.empty() || rows.back().key != *key || rows.back().scope != *scope)
    return facts.refuse("a shadowed value does not follow the one that counts");
  return facts.shadow(*value, origin, *why);
}

bool take_gap(const Node& gap, FactCollector& facts) {
  if (!gap.IsObject()) return facts.refuse("a gap is no object");
  const auto what = text(gap, "what"), file = text(gap, "file", ""),
             subject = text(gap, "subject", ""), effect = text(gap, "effect", "may_override");
  const auto line = place(gap, "line");
  if (!what || !file || !subject || !effect || !line)
    return facts.refuse("a gap with a member that is not of its type");
  if (effect != "may_override" && effect != "may_add")
    return facts.refuse("the effect of a gap is neither `may_override` nor `may_add`");
  return facts.gap({{ErrorCode::failed, *what, {*file, *line, 0}},
                    *subject,
                    effect == "may_add" ? Gap::Effect::may_add : Gap::Effect::may_override});
}

bool take_fact(const PluginSchema& schema, const Node& object, FactCollector& facts) {
  const auto origin = origin_in(object);
  if (!origin)
    return facts.refuse("a fact without `origin`: a file and line, or `{\"default\":true}`");
  if (schema.shape == Shape::rows) return take_row(schema, object, *origin, facts);
  return take_setting(object, *origin, facts);
}

}  // namespace

Result<PluginSchema> schema_from_json(std::string_view line) {
  const auto document = parse(line);
  if (!document) return fail(document.error());
  const Node* schema = member(*document, "schema");
  if (schema == nullptr || !schema->IsObject()) return bad_schema("the first line has no `schema`");
  return schema_of(*schema);
}

std::string request_as_json(const PluginSchema& schema, const Request& request,
                            std::string_view path, FactCollector& facts) {
  rapidjson::StringBuffer buffer;
  Writer out(buffer);
  out.StartObject();
  out.Key("protocol");
  out.Int(kProgramProtocol);
  put_member(out, "root", path);
  out.Key("live");
  out.Bool(request.root.is_live());
  out.Key("context");
  out.StartObject();
  for (const auto& [name, value] : request.context) put_member(out, name, value);
  out.EndObject();
  out.Key("files");
  out.StartObject();
  FileWriter files(out, request.root, facts);
  for (const std::string& pattern : schema.files) files.add(pattern);
  out.EndObject();
  out.EndObject();
  return std::string(buffer.GetString(), buffer.GetSize()) + "\n";
}

JsonAnswer take_json(const PluginSchema& schema, std::string_view line, FactCollector& facts) {
  const auto verdict = [](bool taken) { return taken ? JsonAnswer::more : JsonAnswer::refused; };
  const auto document = parse(line);
  if (!document) return verdict(facts.refuse(document.error().what));
  if (const Node* end = member(*document, "end"); end != nullptr)
    return end->IsTrue() ? JsonAnswer::end : verdict(facts.refuse("`end` is not true"));
  if (const Node* gap = member(*document, "gap"); gap != nullptr)
    return verdict(take_gap(*gap, facts));
  if (const Node* why = member(*document, "not_applicable"); why != nullptr)
    return verdict(why->IsString() ? facts.not_applicable(text_of(*why))
                                   : facts.refuse("`not_applicable` is no text"));
  return verdict(take_fact(schema, *document, facts));
}

}  // namespace plimsoll
