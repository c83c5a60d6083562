#include "scanner/formats/data/tree_builder.h"
#include "scanner/formats/toml_events.h"

namespace plimsoll {
namespace {

class Builder : public TomlVisitor {
 public:
  Builder(DataTree& tree, const DataLimits& limits) : builder_(tree, limits) {
    builder_.without_merge_keys();
  }

  bool begin_table(TomlPlace place) override { return begin(DataNode::Kind::mapping, place); }
  bool begin_array(TomlPlace place) override { return begin(DataNode::Kind::sequence, place); }
  bool key(std::string_view name, TomlPlace place) override {
    last_ = place;
    return builder_.scalar(name, false, {place.line, place.column});
  }
  bool scalar(TomlScalar scalar, TomlPlace place) override {
    last_ = place;
    if (scalar.kind == TomlScalar::Kind::integer) scalar.text = std::to_string(scalar.integer);
    // What is left of 1.0 must not look like a whole number.
    if (scalar.kind == TomlScalar::Kind::real &&
        scalar.text.find_first_not_of("-0123456789") == std::string::npos)
      scalar.text += ".0";
    return builder_.scalar(scalar.text, scalar.kind != TomlScalar::Kind::text,
                           {place.line, place.column});
  }
  bool end() override { return builder_.end(); }

  TreeBuilder& builder() { return builder_; }
  [[nodiscard]] std::uint32_t line() const { return last_.line; }

 private:
  bool begin(DataNode::Kind kind, TomlPlace place) {
    last_ = place;
    return builder_.begin(kind, {place.line, place.column});
  }

  TreeBuilder builder_;
  TomlPlace last_;
};

}  // namespace

DataTree read_toml(std::string_view text, std::string_view file, DataLimits limits) {
  DataTree tree;
  Builder builder(tree, limits);
  tree.error = walk_toml(text, std::string(file), builder, {.bytes = 1U << 20U});
  if (!tree.error && !builder.builder().problem().empty())
    tree.error = Error{
        ErrorCode::limit, builder.builder().problem(), {std::string(file), builder.line(), 0}};
  if (!tree.error) builder.builder().end_document();
  return tree;
}

}  // namespace plimsoll
