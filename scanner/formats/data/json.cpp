// JSON by RapidJSON's events; it is iterative, so depth costs no stack.
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <algorithm>

#include "scanner/formats/data/tree_builder.h"

namespace plimsoll {
namespace {

/// Turns offsets that only grow into lines and columns.
class Places {
 public:
  explicit Places(std::string_view text) : text_(text) {}
  TreeBuilder::Place at(std::size_t offset) {
    for (; seen_ < offset; ++seen_)
      if (text_[seen_] == '\n') {
        ++line_;
        start_ = seen_ + 1;
      }
    return {line_, static_cast<std::uint32_t>(offset - start_ + 1)};
  }

 private:
  std::string_view text_;
  std::size_t seen_ = 0, start_ = 0;
  std::uint32_t line_ = 1;
};

/// RapidJSON calls after a token has been read: places are where it ends, but for the columns of
/// brackets; lines are right, because no token of JSON spans lines.
struct Handler {
  TreeBuilder& builder;
  Places& places;
  rapidjson::MemoryStream& stream;

  TreeBuilder::Place here() { return places.at(stream.Tell() > 0 ? stream.Tell() - 1 : 0); }
  bool Null() { return builder.scalar("null", true, here()); }
  bool Bool(bool value) { return builder.scalar(value ? "true" : "false", true, here()); }
  bool RawNumber(const char* text, rapidjson::SizeType size, bool) {
    return builder.scalar({text, size}, true, here());
  }
  bool String(const char* text, rapidjson::SizeType size, bool) {
    return builder.scalar({text, size}, false, here());
  }
  bool Key(const char* text, rapidjson::SizeType size, bool copy) {
    return String(text, size, copy);
  }
  /// Brackets are told before they are taken.
  TreeBuilder::Place bracket() { return places.at(stream.Tell()); }
  bool StartObject() { return builder.begin(DataNode::Kind::mapping, bracket()); }
  bool EndObject(rapidjson::SizeType) { return builder.end(); }
  bool StartArray() { return builder.begin(DataNode::Kind::sequence, bracket()); }
  bool EndArray(rapidjson::SizeType) { return builder.end(); }
  // Numbers come raw.
  bool Int(int) { return false; }
  bool Uint(unsigned) { return false; }
  bool Int64(std::int64_t) { return false; }
  bool Uint64(std::uint64_t) { return false; }
  bool Double(double) { return false; }
};

constexpr unsigned kFlags = rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag |
                            rapidjson::kParseValidateEncodingFlag;

}  // namespace

DataTree read_json(std::string_view text, std::string_view file, DataLimits limits,
                   std::uint16_t number) {
  DataTree tree(number);
  TreeBuilder builder(tree, limits);
  builder.without_merge_keys();
  Places places(text);
  rapidjson::MemoryStream stream(text.data(), text.size());
  rapidjson::Reader reader;
  Handler handler{builder, places, stream};
  const rapidjson::ParseResult result = reader.Parse<kFlags>(stream, handler);
  if (result.IsError()) {
    const bool refused = result.Code() == rapidjson::kParseErrorTermination;
    const std::uint32_t line = Places(text).at(std::min(result.Offset(), text.size())).line;
    tree.error = Error{refused ? ErrorCode::limit : ErrorCode::invalid,
                       refused ? builder.problem() : rapidjson::GetParseError_En(result.Code()),
                       {std::string(file), line, 0}};
    return tree;
  }
  builder.end_document();
  return tree;
}

}  // namespace plimsoll
