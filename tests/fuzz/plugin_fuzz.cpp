// What a plug-in says, whichever language it speaks: a schema, then facts, as frames or as lines of
// JSON. The first byte chooses.
#include <cstdint>
#include <cstdlib>

#include "scanner/base/text.h"
#include "scanner/probe/plugin_frames.h"
#include "scanner/probe/plugin_json.h"

using namespace plimsoll;

namespace {

/// One column of each type, so that every conversion is reached.
PluginSchema schema_of(Shape shape) {
  PluginSchema schema;
  schema.name = "fuzz";
  schema.shape = shape;
  for (int type = 0; type <= static_cast<int>(Type::set); ++type)
    schema.fields.push_back(
        {std::string(1, static_cast<char>('a' + type)), static_cast<Type>(type), "a field"});
  return schema;
}

void speak_json(const PluginSchema& schema, std::string_view input, FactCollector& facts) {
  for (const Line& line : lines(input))
    if (take_json(schema, line.text, facts) != JsonAnswer::more) return;
}

void speak_frames(std::string_view input, FactCollector& facts) {
  while (input.size() >= 2) {
    const auto kind = static_cast<Frame>(input[0]);
    const std::size_t size = static_cast<std::uint8_t>(input[1]);
    input.remove_prefix(2);
    if (!take_frame(kind, input.substr(0, size), facts)) return;
    input.remove_prefix(std::min(size, input.size()));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  const PluginLimits limits;
  const PluginSchema schema = schema_of((data[0] & 4U) != 0 ? Shape::rows : Shape::settings);
  FactCollector facts(schema, limits);
  switch (data[0] & 3U) {
    case 0:
      if (const auto said = schema_from_json(input)) static_cast<void>(why_unusable(*said, "x"));
      break;
    case 1:
      if (const auto said = schema_from_frame(input)) static_cast<void>(why_unusable(*said, "x"));
      break;
    case 2:
      speak_json(schema, input, facts);
      break;
    default:
      speak_frames(input, facts);
  }
  // Whatever was taken follows the schema.
  for (const Fact& fact : facts.facts().rows)
    if (schema.shape == Shape::rows ? fact.fields.size() != schema.fields.size() : fact.key.empty())
      std::abort();
  return 0;
}
