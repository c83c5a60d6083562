// YAML by the events of libyaml. It is the library that go-yaml was translated from, so what
// Kubernetes and Compose take for one document or for an error is the same here.
#include <fmt/format.h>
#include <yaml.h>

#include "scanner/formats/data/tree_builder.h"

namespace plimsoll {
namespace {

class Parser {
 public:
  explicit Parser(std::string_view text) {
    yaml_parser_initialize(&parser_);
    // libyaml asserts that there is an address even where there is no text.
    const char* bytes = text.empty() ? "" : text.data();
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(bytes),
                                 text.size());
  }
  ~Parser() { yaml_parser_delete(&parser_); }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;
  yaml_parser_t* get() { return &parser_; }

 private:
  yaml_parser_t parser_{};
};

class Event {
 public:
  ~Event() { yaml_event_delete(&event_); }
  Event() = default;
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  yaml_event_t& get() { return event_; }

 private:
  yaml_event_t event_{};
};

TreeBuilder::Place place(const yaml_mark_t& mark) {
  return {static_cast<std::uint32_t>(mark.line + 1), static_cast<std::uint32_t>(mark.column + 1)};
}

std::string_view text(const yaml_char_t* bytes) {
  return bytes == nullptr ? std::string_view() : reinterpret_cast<const char*>(bytes);
}

std::string_view text(const yaml_char_t* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

bool take(TreeBuilder& builder, const yaml_event_t& event) {
  const auto at = place(event.start_mark);
  switch (event.type) {
    case YAML_SCALAR_EVENT: {
      const auto& scalar = event.data.scalar;
      return builder.scalar(text(scalar.value, scalar.length),
                            scalar.style == YAML_PLAIN_SCALAR_STYLE, at, text(scalar.tag),
                            text(scalar.anchor));
    }
    case YAML_SEQUENCE_START_EVENT:
      return builder.begin(DataNode::Kind::sequence, at, text(event.data.sequence_start.tag),
                           text(event.data.sequence_start.anchor));
    case YAML_MAPPING_START_EVENT:
      return builder.begin(DataNode::Kind::mapping, at, text(event.data.mapping_start.tag),
                           text(event.data.mapping_start.anchor));
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
      return builder.end();
    case YAML_ALIAS_EVENT:
      return builder.alias(text(event.data.alias.anchor));
    case YAML_DOCUMENT_END_EVENT:
      builder.end_document();
      return true;
    default:
      return true;
  }
}

Error parse_error(const yaml_parser_t& parser, std::string_view file) {
  std::string what = parser.problem == nullptr ? "not YAML" : parser.problem;
  if (parser.context != nullptr) what = fmt::format("{} {}", parser.context, what);
  const bool is_encoding = parser.error == YAML_READER_ERROR;
  const std::uint32_t line =
      is_encoding ? 0 : static_cast<std::uint32_t>(parser.problem_mark.line + 1);
  return {ErrorCode::invalid, std::move(what), {std::string(file), line, 0}};
}

}  // namespace

DataTree read_yaml(std::string_view source, std::string_view file, DataLimits limits,
                   std::uint16_t number) {
  DataTree tree(number);
  TreeBuilder builder(tree, limits);
  Parser parser(source);
  for (bool done = false; !done;) {
    Event event;
    if (yaml_parser_parse(parser.get(), &event.get()) == 0) {
      tree.error = parse_error(*parser.get(), file);
      return tree;
    }
    if (!take(builder, event.get())) {
      tree.error = Error{ErrorCode::limit,
                         builder.problem(),
                         {std::string(file), place(event.get().start_mark).line, 0}};
      return tree;
    }
    done = event.get().type == YAML_STREAM_END_EVENT;
  }
  return tree;
}

}  // namespace plimsoll
