#include "plugins/container/kubernetes/kustomize/nodes.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <new>

namespace plimsoll::kubernetes::kustomize {

std::string_view Nodes::keep(std::string_view text) {
  if (text.empty()) return {};
  char* bytes = static_cast<char*>(tree_.memory().allocate(text.size(), 1));
  std::memcpy(bytes, text.data(), text.size());
  return {bytes, text.size()};
}

Node Nodes::make(DataNode::Kind kind, const std::vector<DataEntry>& entries, Node place) {
  spend(entries.size() + 1);
  auto* node = new (tree_.memory().allocate(sizeof(DataNode), alignof(DataNode))) DataNode;
  node->kind = kind;
  if (place != nullptr) {
    node->file = place->file;
    node->line = place->line;
    node->column = place->column;
  }
  if (entries.empty() || is_exhausted()) return node;
  auto* kept = static_cast<DataEntry*>(
      tree_.memory().allocate(entries.size() * sizeof(DataEntry), alignof(DataEntry)));
  std::uninitialized_copy(entries.begin(), entries.end(), kept);
  node->entries = {kept, entries.size()};
  return node;
}

Node Nodes::scalar(std::string_view text, bool plain, Node place) {
  // A text may be made of itself again and again.
  spend(text.size() / kBytesOfWork);
  if (is_exhausted()) text = {};
  Node node = make(DataNode::Kind::scalar, {}, place);
  // Nobody else has it yet.
  const_cast<DataNode*>(node)->text = keep(text);
  const_cast<DataNode*>(node)->plain = plain;
  return node;
}

Node Nodes::mapping(const std::vector<DataEntry>& entries, Node place) {
  return make(DataNode::Kind::mapping, entries, place);
}

Node Nodes::sequence(const std::vector<DataEntry>& entries, Node place) {
  return make(DataNode::Kind::sequence, entries, place);
}

Node Nodes::with(Node map, std::string_view key, Node value) {
  const auto there = pairs(map);
  std::vector<DataEntry> entries(there.begin(), there.end());
  const auto found = std::find_if(entries.rbegin(), entries.rend(), [&](const DataEntry& entry) {
    return entry.key->is_scalar() && entry.key->text == key;
  });
  if (found != entries.rend())
    found->value = value;
  else
    entries.push_back({scalar(key, false, value), value});
  return mapping(entries, map != nullptr ? map : value);
}

Node Nodes::without(Node map, std::string_view key) {
  if (map == nullptr || map->find(key) == nullptr) return map;
  std::vector<DataEntry> entries;
  for (const DataEntry& entry : pairs(map))
    if (!entry.key->is_scalar() || entry.key->text != key) entries.push_back(entry);
  return mapping(entries, map);
}

Node Nodes::with(Node map, std::span<const std::string_view> path, Node value, bool create) {
  const Node there = field(map, path.front());
  if (path.size() == 1) return there == nullptr && !create ? map : with(map, path.front(), value);
  if (there == nullptr ? !create : !there->is_mapping()) return map;
  const Node below = with(there, path.subspan(1), value, create);
  return below == there ? map : with(map, path.front(), below);
}

}  // namespace plimsoll::kubernetes::kustomize
