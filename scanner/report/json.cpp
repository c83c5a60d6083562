#include "scanner/report/json.h"

#include <fmt/format.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <array>
#include <optional>

#include "scanner/base/text.h"

namespace plimsoll {
namespace {

/// U+007F to U+009F, and the characters that turn or hide the text around them.
bool is_deceptive(std::uint32_t code) {
  return (code >= 0x7F && code <= 0x9F) || code == 0x061C || (code >= 0x200B && code <= 0x200F) ||
         (code >= 0x2028 && code <= 0x202E) || (code >= 0x2060 && code <= 0x2069) || code == 0xFEFF;
}

/// The code point at the start of valid UTF-8, and how many bytes it takes; of one or two or three
/// bytes (longer ones are never deceptive).
std::pair<std::uint32_t, std::size_t> code_point(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i]));
  };
  if (byte(0) < 0x80) return {byte(0), 1};
  if (byte(0) < 0xE0) return {((byte(0) & 0x1FU) << 6U) | (byte(1) & 0x3FU), 2};
  if (byte(0) < 0xF0)
    return {((byte(0) & 0x0FU) << 12U) | ((byte(1) & 0x3FU) << 6U) | (byte(2) & 0x3FU), 3};
  return {0x10000, 4};
}

/// Which bytes stand for themselves.
constexpr std::array<bool, 256> kPlain = [] {
  std::array<bool, 256> plain = {};
  for (std::size_t c = 0x20; c <= 0x7E; ++c) plain[c] = c != '"' && c != '\\';
  return plain;
}();

/// How many bytes from the start stand for themselves: nearly all of most texts.
std::size_t plain_bytes(std::string_view text) {
  const auto special = [](char c) { return !kPlain[static_cast<unsigned char>(c)]; };
  return static_cast<std::size_t>(std::find_if(text.begin(), text.end(), special) - text.begin());
}

void quote(std::string_view value, std::string& out) {
  out = '"';
  const std::size_t plain = plain_bytes(value);
  out += value.substr(0, plain);
  const std::string valid = plain == value.size() ? "" : valid_utf8(value.substr(plain));
  for (std::string_view rest = valid; !rest.empty();) {
    if (const std::size_t run = plain_bytes(rest); run > 0) {
      out += rest.substr(0, run);
      rest.remove_prefix(run);
      continue;
    }
    const auto [code, length] = code_point(rest);
    if (code == '"' || code == '\\') {
      out += '\\';
      out += rest.front();
    } else if (code == '\n') {
      out += "\\n";
    } else if (code == '\t') {
      out += "\\t";
    } else if (code < 0x20 || is_deceptive(code)) {
      out += fmt::format("\\u{:04x}", code);
    } else {
      out += rest.substr(0, length);
    }
    rest.remove_prefix(length);
  }
  out += '"';
}

}  // namespace

struct Json::Writers {
  std::string quoted;  // kept for its room
  rapidjson::StringBuffer buffer;
  std::optional<rapidjson::PrettyWriter<rapidjson::StringBuffer>> pretty;
  std::optional<rapidjson::Writer<rapidjson::StringBuffer>> compact;

  template <class Action>
  void write(Action action) {
    if (pretty)
      action(*pretty);
    else
      action(*compact);
  }
};

Json::Json(Style style) : writers_(std::make_unique<Writers>()) {
  if (style == Style::pretty)
    writers_->pretty.emplace(writers_->buffer).SetIndent(' ', 2);
  else
    writers_->compact.emplace(writers_->buffer);
}

Json::~Json() = default;

void Json::begin_object() {
  writers_->write([](auto& to) { to.StartObject(); });
}
void Json::end_object() {
  writers_->write([](auto& to) { to.EndObject(); });
}
void Json::begin_array() {
  writers_->write([](auto& to) { to.StartArray(); });
}
void Json::end_array() {
  writers_->write([](auto& to) { to.EndArray(); });
}
void Json::key(std::string_view name) { text(name); }
void Json::text(std::string_view value) {
  std::string& raw = writers_->quoted;
  quote(value, raw);
  writers_->write([&](auto& to) { to.RawValue(raw.data(), raw.size(), rapidjson::kStringType); });
}
void Json::number(std::int64_t value) {
  writers_->write([&](auto& to) { to.Int64(value); });
}
void Json::boolean(bool value) {
  writers_->write([&](auto& to) { to.Bool(value); });
}
void Json::null() {
  writers_->write([](auto& to) { to.Null(); });
}

void Json::member(std::string_view name, std::string_view value) {
  key(name);
  text(value);
}
void Json::member(std::string_view name, const char* value) {
  member(name, std::string_view(value));
}
void Json::member(std::string_view name, bool value) {
  key(name);
  boolean(value);
}
void Json::member(std::string_view name, std::int64_t value) {
  key(name);
  number(value);
}
void Json::member(std::string_view name, std::size_t value) {
  member(name, static_cast<std::int64_t>(value));
}
void Json::member(std::string_view name, const std::vector<std::string>& values) {
  begin_array(name);
  for (const std::string& value : values) text(value);
  end_array();
}
void Json::member_unless_empty(std::string_view name, std::string_view value) {
  if (!value.empty()) member(name, value);
}
void Json::begin_object(std::string_view name) {
  key(name);
  begin_object();
}
void Json::begin_array(std::string_view name) {
  key(name);
  begin_array();
}

std::string Json::take() {
  std::string out(writers_->buffer.GetString(), writers_->buffer.GetSize());
  out += '\n';
  writers_->buffer.Clear();
  writers_->write([&](auto& to) { to.Reset(writers_->buffer); });
  return out;
}

void write_origin(Json& json, const Origin& origin) {
  json.begin_object("origin");
  if (origin.is_default()) {
    json.member("default", true);
  } else {
    json.member("file", origin.file);
    if (origin.line != 0) json.member("line", std::int64_t{origin.line});
  }
  json.end_object();
}

}  // namespace plimsoll
