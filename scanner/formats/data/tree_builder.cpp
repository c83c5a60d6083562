#include "scanner/formats/data/tree_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <unordered_set>

namespace plimsoll {

bool TreeBuilder::refuse(std::string why) {
  problem_ = std::move(why);
  return false;
}

std::string_view TreeBuilder::keep(std::string_view text) {
  if (text.empty()) return {};
  char* bytes = static_cast<char*>(tree_.memory().allocate(text.size(), 1));
  std::memcpy(bytes, text.data(), text.size());
  return {bytes, text.size()};
}

DataNode* TreeBuilder::make(DataNode::Kind kind, Place place, std::string_view tag) {
  void* memory = tree_.memory().allocate(sizeof(DataNode), alignof(DataNode));
  auto* node = new (memory) DataNode;
  node->kind = kind;
  node->file = tree_.number;
  node->line = place.line;
  node->column = place.column;
  node->tag = keep(tag);
  return node;
}

void TreeBuilder::name(std::string_view anchor, const DataNode* node) {
  if (!anchor.empty()) anchors_[std::string(anchor)] = node;
}

bool TreeBuilder::add(const DataNode* node) {
  if (open_.empty()) {
    top_ = node;
    return true;
  }
  Open& open = open_.back();
  // A node counts as often as it is reached: that is what a walk over the tree costs.
  if (node->size > limits_.nodes - open.node->size)
    return refuse(fmt::format("more than {} values in one document", limits_.nodes));
  open.node->size += node->size;
  if (open.node->is_sequence()) {
    open.entries.push_back({nullptr, node});
  } else if (open.key == nullptr) {
    open.key = node;
  } else {
    // YAML merge keys (yaml.org/type/merge.html); `"<<"` in quotes is an ordinary key.
    open.has_merge_key =
        open.has_merge_key || (merges_ && open.key->plain && open.key->text == "<<");
    open.entries.push_back({open.key, node});
    open.key = nullptr;
  }
  return true;
}

bool TreeBuilder::scalar(std::string_view text, bool plain, Place place, std::string_view tag,
                         std::string_view anchor) {
  DataNode* node = make(DataNode::Kind::scalar, place, tag);
  node->text = keep(text);
  node->plain = plain;
  name(anchor, node);
  return add(node);
}

bool TreeBuilder::begin(DataNode::Kind kind, Place place, std::string_view tag,
                        std::string_view anchor) {
  if (open_.size() >= limits_.depth)
    return refuse(fmt::format("nested more than {} levels deep", limits_.depth));
  name(anchor, nullptr);
  open_.push_back({make(kind, place, tag), std::string(anchor), {}, nullptr, false});
  return true;
}

// What the mapping says itself wins over what it merges in, an earlier merge over a later one.
void TreeBuilder::resolve_merges(Open& open) {
  std::vector<DataEntry> own, merged;
  std::unordered_set<std::string_view> seen;
  for (const DataEntry& entry : open.entries)
    if (!entry.key->plain || entry.key->text != "<<" || !entry.key->is_scalar()) {
      own.push_back(entry);
      if (entry.key->is_scalar()) seen.insert(entry.key->text);
    }
  const auto merge = [&](const DataNode* from) {
    if (!from->is_mapping()) return;
    for (const DataEntry& entry : from->entries)
      if (!entry.key->is_scalar() || seen.insert(entry.key->text).second) merged.push_back(entry);
  };
  for (const DataEntry& entry : open.entries) {
    if (!entry.key->is_scalar() || !entry.key->plain || entry.key->text != "<<") continue;
    if (!entry.value->is_sequence())
      merge(entry.value);
    else
      for (const DataEntry& one : entry.value->entries) merge(one.value);
  }
  merged.insert(merged.end(), own.begin(), own.end());
  open.entries = std::move(merged);
}

bool TreeBuilder::end() {
  Open open = std::move(open_.back());
  open_.pop_back();
  if (open.has_merge_key) resolve_merges(open);
  if (!open.entries.empty()) {
    void* memory =
        tree_.memory().allocate(open.entries.size() * sizeof(DataEntry), alignof(DataEntry));
    auto* entries = static_cast<DataEntry*>(memory);
    std::uninitialized_copy(open.entries.begin(), open.entries.end(), entries);
    open.node->entries = {entries, open.entries.size()};
  }
  name(open.anchor, open.node);
  return add(open.node);
}

bool TreeBuilder::alias(std::string_view name) {
  const auto found = anchors_.find(std::string(name));
  if (found == anchors_.end()) return refuse(fmt::format("`*{}` names no anchor", name));
  if (found->second == nullptr)
    return refuse(fmt::format("`*{}` stands inside what it names", name));
  return add(found->second);
}

void TreeBuilder::end_document() {
  if (top_ != nullptr) tree_.documents.push_back(top_);
  top_ = nullptr;
  anchors_.clear();
}

}  // namespace plimsoll
