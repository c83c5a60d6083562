#include "plugins/container/compose/node.h"

#include <algorithm>

#include "scanner/base/text.h"

namespace plimsoll::compose {

const Node* Node::find(std::string_view name) const {
  if (!is_map()) return nullptr;
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const Node& entry) { return entry.key == name; });
  return found == entries.end() ? nullptr : &*found;
}

Node* Node::find(std::string_view name) {
  return const_cast<Node*>(static_cast<const Node&>(*this).find(name));
}

const Node* Node::find(std::initializer_list<std::string_view> path) const {
  const Node* at = this;
  for (const std::string_view name : path)
    if (at = at->find(name); at == nullptr) return nullptr;
  return at;
}

std::string_view Node::text_of(std::string_view name) const {
  const Node* found = find(name);
  return found != nullptr && found->is_scalar() ? std::string_view(found->text)
                                                : std::string_view();
}

bool Node::is_true(std::string_view name) const { return boolean(text_of(name)) == "true"; }

void Node::erase(std::string_view name) {
  std::erase_if(entries, [&](const Node& entry) { return entry.key == name; });
}

Node& Node::set(std::string_view name, std::string_view value) {
  Node made = at_place_of(*this, Kind::scalar);
  made.key = name;
  made.text = made.literal = value;
  made.open = open;
  if (Node* there = find(name)) return *there = std::move(made);
  return entries.emplace_back(std::move(made));
}

Node at_place_of(const Node& from, Node::Kind kind) {
  Node out;
  out.kind = kind;
  out.tag = from.tag;
  out.line = from.line;
  out.column = from.column;
  out.file = from.file;
  out.key = from.key;
  out.open = from.open;
  return out;
}

// YAML 1.1 and the casts of interpolated values know more spellings than true and false.
std::string_view boolean(std::string_view text) {
  const std::string word = lower(text);
  if (is_one_of(word, "true yes on y")) return "true";
  if (is_one_of(word, "false no off n")) return "false";
  return {};
}

}  // namespace plimsoll::compose
