#include "plugins/container/kubernetes/kustomize/strategic_merge.h"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <unordered_set>

namespace plimsoll::kubernetes::kustomize {
namespace {

constexpr unsigned kDeepest = 200;

/// Lists whose elements are told apart by a key, by the field that holds them.
struct Keyed {
  std::string_view list, key;
  std::string_view parent = {};  ///< the field above, where several lists have that name
};
constexpr std::array kKeyed = {
    Keyed{"containers", "name"},
    Keyed{"initContainers", "name"},
    Keyed{"ephemeralContainers", "name"},
    Keyed{"env", "name"},
    Keyed{"volumes", "name"},
    Keyed{"volumeMounts", "mountPath"},
    Keyed{"volumeDevices", "devicePath"},
    Keyed{"imagePullSecrets", "name"},
    Keyed{"hostAliases", "ip"},
    Keyed{"topologySpreadConstraints", "topologyKey"},
    Keyed{"resourceClaims", "name", "spec"},
    Keyed{"schedulingGates", "name"},
    Keyed{"secrets", "name", ""},
    Keyed{"webhooks", "name", ""},
    Keyed{"conditions", "type"},
    Keyed{"ownerReferences", "uid"},
};

/// Lists of plain values to which a patch adds.
constexpr std::array<std::string_view, 1> kSets = {"finalizers"};

std::string_view directive(Node node) {
  const Node found = node == nullptr ? nullptr : node->find("$patch");
  return found == nullptr ? std::string_view() : found->text;
}

bool is_directive(const DataEntry& entry) {
  return entry.key->is_scalar() &&
         (entry.key->text == "$patch" || entry.key->text == "$retainKeys" ||
          entry.key->text.starts_with("$setElementOrder/") ||
          entry.key->text.starts_with("$deleteFromPrimitiveList/"));
}

/// Where a value stands in its object.
struct Where {
  std::string_view field, parent;
};

class Merge {
 public:
  explicit Merge(Nodes& nodes) : nodes_(nodes) {}

  Node merge(Node base, Node patch, Where where, unsigned depth) {
    if (depth > kDeepest || nodes_.is_exhausted()) return base;
    if (patch->is_mapping()) return merge_map(base, patch, where, depth);
    if (patch->is_sequence()) return merge_list(base, patch, where, depth);
    return patch;
  }

 private:
  Node merge_map(Node base, Node patch, Where where, unsigned depth) {
    if (directive(patch) == "replace") return cleaned(patch, depth);
    const bool is_map = base != nullptr && base->is_mapping();
    Node out = is_map ? base : nodes_.mapping({}, patch);
    out = retained(out, patch);
    for (const DataEntry& entry : patch->entries) {
      if (!entry.key->is_scalar()) continue;
      const std::string_view key = entry.key->text;
      constexpr std::string_view kDelete = "$deleteFromPrimitiveList/";
      if (key.starts_with(kDelete)) out = dropped(out, key.substr(kDelete.size()), entry.value);
      if (is_directive(entry)) continue;
      if (entry.value->is_null() || directive(entry.value) == "delete") {
        out = nodes_.without(out, key);
        continue;
      }
      const Node there = field(out, key);
      out = nodes_.with(out, key, merge(there, entry.value, {key, where.field}, depth + 1));
    }
    return out;
  }

  /// What is new has no directives either, and no nulls.
  Node cleaned(Node patch, unsigned depth) {
    return merge(nullptr, nodes_.without(patch, "$patch"), {}, depth + 1);
  }

  static std::unordered_set<std::string_view> texts(Node list) {
    std::unordered_set<std::string_view> out;
    for (const DataEntry& entry : items(list)) out.insert(entry.value->text);
    return out;
  }

  /// `$retainKeys`: the fields that are not named go.
  Node retained(Node base, Node patch) {
    const Node keep = patch->find("$retainKeys");
    if (keep == nullptr) return base;
    const auto names = texts(keep);
    std::vector<DataEntry> entries;
    for (const DataEntry& entry : pairs(base))
      if (entry.key->is_scalar() && names.contains(entry.key->text)) entries.push_back(entry);
    return nodes_.mapping(entries, base);
  }

  Node dropped(Node base, std::string_view list, Node values) {
    const Node there = field(base, list);
    const auto gone = texts(values);
    std::vector<DataEntry> left;
    for (const DataEntry& entry : items(there))
      if (!gone.contains(entry.value->text)) left.push_back(entry);
    return there == nullptr ? base : nodes_.with(base, list, nodes_.sequence(left, there));
  }

  static std::string_view key_of(Where where, Node patch) {
    if (where.field == "ports") {
      const auto elements = items(patch);
      const bool of_container = std::any_of(elements.begin(), elements.end(), [](const auto& one) {
        return one.value->find("containerPort") != nullptr;
      });
      return of_container ? "containerPort" : "port";
    }
    const auto found = std::find_if(kKeyed.begin(), kKeyed.end(), [&](const Keyed& one) {
      return one.list == where.field &&
             (one.parent.data() == nullptr || one.parent == where.parent);
    });
    return found == kKeyed.end() ? std::string_view() : found->key;
  }

  Node merge_list(Node base, Node patch, Where where, unsigned depth) {
    const std::string_view key = key_of(where, patch);
    const auto elements = items(patch);
    // `$patch: replace` as an element of its own: the list as a whole. Kustomize does not heed it
    // beside an element that deletes.
    const auto any = [&](auto is) {
      return std::any_of(elements.begin(), elements.end(),
                         [&](const DataEntry& one) { return is(one.value); });
    };
    const bool replaces =
        any(replaces_list) && !any([](Node one) { return directive(one) == "delete"; });
    const bool is_set = std::find(kSets.begin(), kSets.end(), where.field) != kSets.end();
    if (replaces || base == nullptr || !base->is_sequence() || (key.empty() && !is_set))
      return fresh(patch, where, depth);
    if (is_set) return joined(base, patch);
    return by_key(base, elements, key, where, depth);
  }

  /// What the patch names comes first, in its order; then what is left of the list.
  Node by_key(Node base, std::span<const DataEntry> elements, std::string_view key, Where where,
              unsigned depth) {
    std::unordered_map<std::string, Node> there;
    for (const DataEntry& entry : base->entries)
      there.emplace(name_of(entry.value, key), entry.value);
    std::vector<DataEntry> out;
    std::unordered_map<std::string, std::size_t> placed;
    std::unordered_set<std::string> named;
    for (const DataEntry& entry : elements) {
      const Node patch = entry.value;
      if (replaces_list(patch)) continue;
      const std::string name = name_of(patch, key);
      const bool is_first = named.insert(name).second;
      if (directive(patch) == "delete") continue;
      const auto before = placed.find(name);
      const auto found = there.find(name);
      const bool is_there = is_first && found != there.end();
      Node onto = is_there ? found->second : nullptr;
      if (before != placed.end()) onto = out[before->second].value;
      // Of an element that is there, Kustomize changes nothing at `replace`.
      const Node merged = is_there && directive(patch) == "replace"
                              ? onto
                              : merge(onto, patch, {where.field, where.parent}, depth + 1);
      if (before != placed.end()) {
        out[before->second].value = merged;
        continue;
      }
      placed.emplace(name, out.size());
      out.push_back({nullptr, merged});
    }
    for (const DataEntry& entry : base->entries) {
      const std::string name = name_of(entry.value, key);
      if (name.empty() || named.insert(name).second) out.push_back(entry);
    }
    return nodes_.sequence(out, base);
  }

  Node fresh(Node patch, Where where, unsigned depth) {
    std::vector<DataEntry> out;
    for (const DataEntry& entry : items(patch)) {
      if (directive(entry.value) == "delete" || replaces_list(entry.value)) continue;
      out.push_back(
          {nullptr, entry.value->is_mapping()
                        ? merge(nullptr, entry.value, {where.field, where.parent}, depth + 1)
                        : entry.value});
    }
    return nodes_.sequence(out, patch);
  }

  Node joined(Node base, Node patch) {
    std::vector<DataEntry> out(base->entries.begin(), base->entries.end());
    auto there = texts(base);
    for (const DataEntry& entry : items(patch))
      if (there.insert(entry.value->text).second) out.push_back(entry);
    return nodes_.sequence(out, base);
  }

  /// What tells an element apart; ports of one number may differ in protocol.
  static std::string name_of(Node element, std::string_view key) {
    std::string name = text_of(field(element, key));
    if (key != "containerPort" && key != "port") return name;
    const Node protocol = field(element, "protocol");
    return name + '/' + (protocol == nullptr ? "TCP" : text_of(protocol));
  }

  static bool replaces_list(Node element) {
    return directive(element) == "replace" && element->entries.size() == 1;
  }

  Nodes& nodes_;
};

}  // namespace

Node strategic_merge(Nodes& nodes, Node object, Node patch) {
  if (directive(patch) == "delete") return nullptr;
  return Merge(nodes).merge(object, patch, {}, 0);
}

}  // namespace plimsoll::kubernetes::kustomize
