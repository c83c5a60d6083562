#include "plugins/container/kubernetes/kustomize/json_patch.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace plimsoll::kubernetes::kustomize {
namespace {

constexpr std::size_t kDeepest = 64;

/// The parts of a JSON pointer (RFC 6901): `~1` is a slash, `~0` a tilde.
std::optional<std::vector<std::string>> parts_of(std::string_view pointer) {
  std::vector<std::string> out;
  if (pointer.empty()) return out;
  if (pointer.front() != '/') return std::nullopt;
  for (std::size_t at = 0; at < pointer.size(); ++at) {
    if (pointer[at] == '/')
      out.emplace_back();
    else if (pointer[at] == '~' && at + 1 < pointer.size() &&
             (pointer[at + 1] == '0' || pointer[at + 1] == '1'))
      out.back() += pointer[++at] == '0' ? '~' : '/';
    else
      out.back() += pointer[at];
  }
  if (out.size() > kDeepest) return std::nullopt;
  return out;
}

/// A position in a list; `-` is behind the last.
std::optional<std::size_t> index_of(std::string_view part, std::size_t size, bool may_append) {
  if (part == "-") return may_append ? std::optional(size) : std::nullopt;
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), index);
  if (error != std::errc() || end != part.data() + part.size()) return std::nullopt;
  return index < size + (may_append ? 1 : 0) ? std::optional(index) : std::nullopt;
}

bool is_equal(Node a, Node b, unsigned depth = 0) {
  if (a == b) return true;
  if (a->kind != b->kind || a->entries.size() != b->entries.size() || depth > kDeepest)
    return false;
  if (a->is_scalar()) return a->text == b->text;
  for (std::size_t i = 0; i < a->entries.size(); ++i) {
    const Node key = b->entries[i].key;
    const Node left = key == nullptr ? a->entries[i].value : a->find(key->text);
    if (left == nullptr || !is_equal(left, b->entries[i].value, depth + 1)) return false;
  }
  return true;
}

class Patch {
 public:
  Patch(Nodes& nodes, Node object) : nodes_(nodes), object_(object) {}

  bool run(Node operation) {
    const std::string_view op = text(operation, "op"), path = text(operation, "path");
    const auto to = parts_of(path);
    const auto from = parts_of(text(operation, "from"));
    const Node value = operation->find("value");
    if (op == "test" && value != nullptr) nodes_.spend(value->size);
    if (!to || !from) return false;
    if (op == "add") return value != nullptr && put(*to, value, true);
    if (op == "replace") return value != nullptr && put(*to, value, false);
    if (op == "remove") return remove(*to);
    const Node source = at(*from);
    if (op == "test") return value != nullptr && at(*to) != nullptr && is_equal(at(*to), value);
    if (op == "copy") return source != nullptr && put(*to, source, true);
    return op == "move" && source != nullptr && remove(*from) && put(*to, source, true);
  }
  [[nodiscard]] Node object() const { return object_; }

 private:
  static std::string_view text(Node operation, std::string_view key) {
    const Node found = field(operation, key);
    return found == nullptr ? std::string_view() : found->text;
  }

  [[nodiscard]] Node child(Node node, std::string_view part) const {
    if (node == nullptr) return nullptr;
    nodes_.spend(node->entries.size());
    if (!node->is_sequence()) return node->find(part);
    const auto index = index_of(part, node->entries.size(), false);
    return index ? node->entries[*index].value : nullptr;
  }

  [[nodiscard]] Node at(std::span<const std::string> parts) const {
    Node node = object_;
    for (const std::string& part : parts) node = child(node, part);
    return node;
  }

  bool put(std::span<const std::string> parts, Node value, bool adds) {
    const Node changed = put(object_, parts, value, adds);
    if (changed == nullptr) return false;
    object_ = changed;
    return true;
  }

  bool remove(std::span<const std::string> parts) { return put(parts, nullptr, false); }

  /// The node with `value` at that place below it; a null value removes. Null where it cannot be.
  Node put(Node node, std::span<const std::string> parts, Node value, bool adds) {
    if (parts.empty()) return value;
    if (node == nullptr || node->is_scalar()) return nullptr;
    const std::string& part = parts.front();
    if (parts.size() > 1) {
      const Node below = child(node, part);
      const Node changed = below == nullptr ? nullptr : put(below, parts.subspan(1), value, adds);
      return changed == nullptr ? nullptr : changed_child(node, part, changed);
    }
    if (node->is_sequence()) return put_element(node, part, value, adds);
    // Strictly, `replace` wants a value to be there; Kustomize's library takes it for `add`.
    if (value == nullptr && node->find(part) == nullptr) return nullptr;
    return value == nullptr ? nodes_.without(node, part) : nodes_.with(node, part, value);
  }

  Node changed_child(Node node, const std::string& part, Node child) {
    return node->is_sequence() ? put_element(node, part, child, false)
                               : nodes_.with(node, part, child);
  }

  Node put_element(Node list, const std::string& part, Node value, bool adds) {
    const auto index = index_of(part, list->entries.size(), adds);
    if (!index) return nullptr;
    std::vector<DataEntry> entries(list->entries.begin(), list->entries.end());
    const auto place = entries.begin() + static_cast<std::ptrdiff_t>(*index);
    if (value == nullptr)
      entries.erase(place);
    else if (adds)
      entries.insert(place, {nullptr, value});
    else
      place->value = value;
    return nodes_.sequence(entries, list);
  }

  Nodes& nodes_;
  Node object_;
};

}  // namespace

std::optional<Node> json_patch(Nodes& nodes, Node object, Node operations, std::string& problem) {
  Patch patch(nodes, object);
  for (const DataEntry& entry : items(operations)) {
    if (patch.run(entry.value) && !nodes.is_exhausted()) continue;
    problem = fmt::format("`{}` of `{}` cannot be carried out", text_of(field(entry.value, "op")),
                          text_of(field(entry.value, "path")));
    return std::nullopt;
  }
  return patch.object();
}

}  // namespace plimsoll::kubernetes::kustomize
