#include "scanner/baseline/toml_reader.h"

#include <array>

#include "scanner/formats/toml_events.h"

namespace plimsoll {
namespace {

using Kind = TomlNode::Kind;

Kind kind_of(TomlScalar::Kind kind) {
  constexpr std::array kKinds = {Kind::text,    Kind::integer, Kind::real,
                                 Kind::boolean, Kind::date,    Kind::time};
  return kKinds.at(static_cast<std::size_t>(kind));
}

/// Makes nodes of what the walk tells. Open nodes are kept apart from their parents, which may
/// move.
class Reader : public TomlVisitor {
 public:
  TomlNode root;

  bool begin_table(TomlPlace place) override { return begin(Kind::table, place); }
  bool begin_array(TomlPlace place) override { return begin(Kind::array, place); }
  bool key(std::string_view name, TomlPlace place) override {
    open_.back().members.push_back({std::string(name), place.line, place.column, {}});
    return true;
  }
  bool scalar(TomlScalar scalar, TomlPlace place) override {
    TomlNode node = node_at(kind_of(scalar.kind), place);
    node.text = std::move(scalar.text);
    node.integer = scalar.integer;
    return add(std::move(node));
  }
  bool end() override {
    TomlNode node = std::move(open_.back());
    open_.pop_back();
    return add(std::move(node));
  }

 private:
  static TomlNode node_at(Kind kind, TomlPlace place) {
    TomlNode node;
    node.kind = kind;
    node.line = place.line;
    node.column = place.column;
    return node;
  }
  bool begin(Kind kind, TomlPlace place) {
    open_.push_back(node_at(kind, place));
    return true;
  }
  bool add(TomlNode node) {
    if (open_.empty()) {
      root = std::move(node);
    } else if (open_.back().kind == Kind::array) {
      open_.back().items.push_back(std::move(node));
    } else {
      open_.back().members.back().value = std::move(node);
    }
    return true;
  }

  std::vector<TomlNode> open_;
};

}  // namespace

const TomlNode* TomlNode::find(std::string_view name) const {
  for (const TomlMember& member : members)
    if (member.name == name) return &member.value;
  return nullptr;
}

std::string_view name_of(TomlNode::Kind kind) {
  constexpr std::array<std::string_view, 8> kNames = {
      "a text",   "an integer", "a number with a fraction", "true or false", "a date", "a time",
      "an array", "a table"};
  return kNames.at(static_cast<std::size_t>(kind));
}

Result<TomlNode> parse_toml(std::string_view text, const std::string& file) {
  Reader reader;
  if (auto error = walk_toml(text, file, reader)) return fail(std::move(*error));
  return std::move(reader.root);
}

}  // namespace plimsoll
