#include "plugins/service/bind/node.h"

#include <algorithm>

#include "plugins/service/bind/grammar.h"

namespace plimsoll::bind {
namespace {

void add_word(std::string& out, std::string_view word) {
  if (!out.empty()) out += ' ';
  out += word;
}

void print(const Node& node, std::string& out);

/// In the order of the grammar, not of the file.
void print_block(const Block& block, std::string& out) {
  std::vector<const Setting*> sorted;
  for (const Setting& one : block.settings) sorted.push_back(&one);
  std::stable_sort(sorted.begin(), sorted.end(), [](const Setting* a, const Setting* b) {
    const auto rank = [](const Setting& one) {
      return one.clause == nullptr ? SIZE_MAX : one.clause->rank;
    };
    return rank(*a) < rank(*b);
  });
  add_word(out, "{");
  for (const Setting* one : sorted) {
    add_word(out, one->key);
    print(one->value, out);
    out += ';';
  }
  add_word(out, "}");
}

void print(const Node& node, std::string& out) {
  if (!node.word.empty()) add_word(out, node.word);
  switch (node.kind) {
    case Node::Kind::nothing:
      return;
    case Node::Kind::group:
      for (const Node& part : node.parts) print(part, out);
      return;
    case Node::Kind::list:
      add_word(out, "{");
      for (const Node& part : node.parts) {
        print(part, out);
        out += ';';
      }
      add_word(out, "}");
      return;
    case Node::Kind::negated: {
      // A list within, or another `!`, follows without a blank.
      std::string inner;
      print(node.parts[0], inner);
      add_word(out, "!" + inner);
      return;
    }
    case Node::Kind::block:
      print_block(*node.block, out);
      return;
    default:
      add_word(out, node.text);
  }
}

}  // namespace

Node::Node() = default;
Node::Node(Kind kind_, Place place_) : kind(kind_), place(place_) {}
Node::Node(Node&&) noexcept = default;
Node& Node::operator=(Node&&) noexcept = default;
Node::~Node() = default;

const Node* Node::part(std::string_view keyword) const {
  if (word == keyword && is_there()) return this;
  if (kind != Kind::group) return nullptr;
  for (const Node& one : parts)
    if (const Node* found = one.part(keyword)) return found;
  return nullptr;
}

const Setting* Block::find(std::string_view key) const {
  const auto found =
      std::find_if(names_.begin(), names_.end(), [&](const Name& one) { return one.key == key; });
  return found == names_.end() ? nullptr : &settings[found->first];
}

const Node* Block::value(std::string_view key) const {
  const Setting* one = find(key);
  return one == nullptr ? nullptr : &one->value;
}

void Block::add(Setting setting) {
  const auto index = static_cast<std::uint32_t>(settings.size());
  const auto found = std::find_if(names_.begin(), names_.end(),
                                  [&](const Name& one) { return one.key == setting.key; });
  if (found == names_.end()) {
    names_.push_back({setting.key, index, index});
  } else {
    settings[found->last].next = index;
    found->last = index;
  }
  settings.push_back(std::move(setting));
}

std::string printed(const Node& node) {
  std::string out;
  print(node, out);
  return out;
}

std::string_view name_of(const Node& value) {
  if (value.kind == Node::Kind::group && !value.parts.empty()) return value.parts[0].text;
  return {};
}

const Block* block_of(const Node& value) {
  if (value.block) return value.block.get();
  if (value.kind == Node::Kind::group && !value.parts.empty())
    return value.parts.back().block.get();
  return nullptr;
}

}  // namespace plimsoll::bind
