// What comes through the pipe of a plug-in is as hostile as a scanned file: every frame is checked.
#include "scanner/probe/plugin_frames.h"

#include <fmt/format.h>

#include "scanner/probe/plimsoll_probe.h"

namespace plimsoll {

std::uint32_t status_of_code(ErrorCode code) {
  switch (code) {
    case ErrorCode::not_found:
      return PLIMSOLL_NOT_FOUND;
    case ErrorCode::denied:
      return PLIMSOLL_DENIED;
    case ErrorCode::wrong_type:
      return PLIMSOLL_WRONG_TYPE;
    case ErrorCode::limit:
      return PLIMSOLL_LIMIT;
    case ErrorCode::link_loop:
      return PLIMSOLL_LINK_LOOP;
    case ErrorCode::invalid:
      return PLIMSOLL_INVALID;
    case ErrorCode::unsupported:
      return PLIMSOLL_UNSUPPORTED;
    case ErrorCode::failed:
      return PLIMSOLL_FAILED;
  }
  return PLIMSOLL_FAILED;
}

ErrorCode code_of_status(std::uint32_t status) {
  for (const ErrorCode code :
       {ErrorCode::not_found, ErrorCode::denied, ErrorCode::wrong_type, ErrorCode::limit,
        ErrorCode::link_loop, ErrorCode::invalid, ErrorCode::unsupported})
    if (status_of_code(code) == status) return code;
  return ErrorCode::failed;
}

namespace {

Origin read_origin(WireReader& in) {
  Origin origin;
  if (in.u8() == 0) return origin;
  origin.file = in.text();
  origin.line = in.u32();
  origin.column = in.u32();
  return origin;
}

Value read_value(WireReader& in) {
  switch (in.u8()) {
    case PLIMSOLL_A_FLAG:
      return in.u64() != 0;
    case PLIMSOLL_A_NUMBER:
      return static_cast<std::int64_t>(in.u64());
    case PLIMSOLL_A_TEXT:
      return std::string(in.text());
    case PLIMSOLL_A_LIST: {
      std::vector<std::string> items;
      for (std::uint32_t left = in.u32(); left != 0 && in.ok(); --left)
        items.emplace_back(in.text());
      return items;
    }
    default:
      return std::monostate{};
  }
}

/// False when the frame was cut off or goes on: what was decoded from it does not count.
bool is_whole(const WireReader& in, FactCollector& facts) {
  return (in.ok() && in.at_end()) || facts.refuse("it spoke rubbish: a fact that is cut off");
}

bool take_row(WireReader& in, FactCollector& facts) {
  const Origin origin = read_origin(in);
  std::vector<Value> values;
  std::uint32_t left = in.u32();
  if (left > kMostFields) return facts.refuse("it yielded a row of far too many values");
  for (; left != 0 && in.ok(); --left) values.push_back(read_value(in));
  return is_whole(in, facts) && facts.row(std::move(values), origin);
}

bool take_setting(WireReader& in, FactCollector& facts) {
  const Origin origin = read_origin(in);
  std::string scope(in.text()), key(in.text()), value(in.text());
  return is_whole(in, facts) &&
         facts.setting(std::move(scope), std::move(key), std::move(value), origin);
}

bool take_shadow(WireReader& in, FactCollector& facts) {
  const Origin origin = read_origin(in);
  std::string value(in.text()), why(in.text());
  return is_whole(in, facts) && facts.shadow(std::move(value), origin, std::move(why));
}

bool take_gap(WireReader& in, FactCollector& facts) {
  Gap gap;
  gap.error.where = read_origin(in);
  gap.error.code = code_of_status(in.u32());
  gap.error.what = in.text();
  gap.subject = in.text();
  gap.effect = in.u32() == PLIMSOLL_MAY_ADD ? Gap::Effect::may_add : Gap::Effect::may_override;
  return is_whole(in, facts) && facts.gap(std::move(gap));
}

PluginSchema read_schema(WireReader& in) {
  PluginSchema schema;
  schema.name = in.text();
  schema.summary = in.text();
  schema.semantics = in.text();
  schema.shape = in.u32() == PLIMSOLL_ROWS ? Shape::rows : Shape::settings;
  schema.open_keys = in.u32() != 0;
  for (std::uint32_t left = in.u32(); left != 0 && in.ok(); --left) {
    PluginSchema::Column field;
    field.name = in.text();
    const std::uint32_t type = in.u32();
    field.type = type <= PLIMSOLL_TYPE_SET ? static_cast<Type>(type) : Type::text;
    field.doc = in.text();
    schema.fields.push_back(std::move(field));
  }
  for (std::uint32_t left = in.u32(); left != 0 && in.ok(); --left)
    schema.files.emplace_back(in.text());
  return schema;
}

}  // namespace

Result<PluginSchema> schema_from_frame(std::string_view body) {
  WireReader in(body);
  PluginSchema schema = read_schema(in);
  if (!in.ok() || !in.at_end()) return fail(ErrorCode::invalid, "it spoke rubbish: no schema");
  return schema;
}

bool take_frame(Frame kind, std::string_view body, FactCollector& facts) {
  if (!facts.count_bytes(body.size())) return false;
  WireReader in(body);
  switch (kind) {
    case Frame::setting:
      return take_setting(in, facts);
    case Frame::row:
      return take_row(in, facts);
    case Frame::shadow:
      return take_shadow(in, facts);
    case Frame::gap:
      return take_gap(in, facts);
    case Frame::not_applicable: {
      std::string why(in.text());
      return is_whole(in, facts) && facts.not_applicable(std::move(why));
    }
    default:
      return facts.refuse("it spoke rubbish: a frame of no known kind");
  }
}

}  // namespace plimsoll
