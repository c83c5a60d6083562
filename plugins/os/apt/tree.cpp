#include "plugins/os/apt/tree.h"

#include "scanner/base/text.h"

namespace plimsoll::apt {
namespace {

/// The tags of a name. apt does not look for a `::` right behind another one, so the second of
/// `a::::b` belongs to the tag `::b` (Configuration::Lookup()).
std::vector<std::string_view> tags_of(std::string_view name) {
  std::vector<std::string_view> tags;
  std::size_t start = 0;
  for (std::size_t at = 0; at + 2 <= name.size(); ++at) {
    if (name[at] != ':' || name[at + 1] != ':') continue;
    tags.push_back(name.substr(start, at - start));
    at = start = at + 2;
  }
  tags.push_back(name.substr(start));
  return tags;
}

Node* child(Node& node, std::string_view tag) {
  const auto found = tag.empty() ? node.by_tag.end() : node.by_tag.find(lower(tag));
  return found == node.by_tag.end() ? nullptr : found->second;
}

Node* add_child(Node& node, std::string_view tag) {
  node.children.push_back(std::make_unique<Node>());
  Node* const added = node.children.back().get();
  added->tag = tag;
  added->parent = &node;
  if (!tag.empty()) node.by_tag.emplace(lower(tag), added);
  return added;
}

/// Elements between commas; a comma at the end adds none.
std::vector<Element> between_commas(std::string_view text, const Origin& origin) {
  std::vector<Element> elements;
  if (text.empty()) return elements;
  if (text.ends_with(',')) text.remove_suffix(1);
  for (const std::string_view part : split(text, ','))
    elements.push_back({std::string(part), origin});
  return elements;
}

bool stands_alone(std::string_view path) {
  return path.starts_with('/') || path.starts_with("~/") || path.starts_with("./") ||
         path.starts_with("../");
}

}  // namespace

std::string plain_path(std::string_view path) {
  std::string without_dots;
  for (const char c : path) {
    without_dots += c;
    if (without_dots.ends_with("/./")) without_dots.resize(without_dots.size() - 2);
  }
  std::string plain;
  for (const char c : without_dots)
    if (c != '/' || !plain.ends_with('/')) plain += c;
  constexpr std::string_view kNull = "/dev/null";
  return plain.starts_with(kNull) ? std::string(kNull) : plain;
}

Node* Tree::find_or_add(std::string_view name) {
  Node* node = &top_;
  for (const std::string_view tag : tags_of(name)) {
    Node* const next = child(*node, tag);
    node = next != nullptr ? next : add_child(*node, tag);
  }
  return node;
}

const Node* Tree::find(std::string_view name) const {
  const Node* node = &top_;
  for (const std::string_view tag : tags_of(name)) {
    node = child(const_cast<Node&>(*node), tag);
    if (node == nullptr) return nullptr;
  }
  return node;
}

void Tree::set(std::string_view name, std::string value, const Origin& origin) {
  Node* const node = find_or_add(name);
  if (!node->value.empty())
    node->shadowed.push_back({std::move(node->value), node->origin, "a later line sets it again"});
  node->value = std::move(value);
  node->origin = origin;
}

void Tree::set_default(std::string_view name, std::string value) {
  Node* const node = find_or_add(name);
  if (!node->value.empty()) return;
  node->value = std::move(value);
  node->origin = {};
}

void Tree::clear(std::string_view name, const Origin& origin) {
  auto* const node = const_cast<Node*>(find(name));
  if (node == nullptr) return;
  if (!node->value.empty())
    node->shadowed.push_back(
        {std::move(node->value), node->origin, "a later `#clear` takes it away"});
  node->value.clear();
  node->origin = origin;
  node->by_tag.clear();
  node->children.clear();
}

std::string Tree::value(std::string_view name, std::string_view otherwise) const {
  const Node* const node = find(name);
  return node == nullptr || node->value.empty() ? std::string(otherwise) : node->value;
}

std::string Tree::file(std::string_view name, std::string_view otherwise) const {
  std::string before = value("RootDir");
  if (!before.empty()) before += '/';
  const Node* node = find(name);
  if (node == nullptr || node->value.empty()) return before + std::string(otherwise);
  std::string path = node->value;
  for (node = node->parent; node->parent != nullptr && !stands_alone(path); node = node->parent)
    if (!node->value.empty()) path = node->value + "/" + path;
  return before + path;
}

std::vector<Element> Tree::list(std::string_view name, std::string_view otherwise) const {
  const Node* const node = find(name);
  if (node == nullptr) return between_commas(otherwise, {});
  if (!node->value.empty()) return between_commas(node->value, node->origin);
  std::vector<Element> elements;
  for (const auto& element : node->children) elements.push_back({element->value, element->origin});
  return elements.empty() ? between_commas(otherwise, {}) : elements;
}

}  // namespace plimsoll::apt
