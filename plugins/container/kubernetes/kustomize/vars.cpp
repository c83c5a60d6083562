#include "plugins/container/kubernetes/kustomize/vars.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "plugins/container/kubernetes/kustomize/field_path.h"
#include "scanner/base/text.h"

namespace plimsoll::kubernetes::kustomize {
namespace {

using Values = std::map<std::string, Node, std::less<>>;

// Which fields of which kinds: kustomize's default transformer configuration, `varReference`.
constexpr std::array<std::string_view, 5> kTemplates = {"DaemonSet", "Deployment", "Job",
                                                        "ReplicaSet", "StatefulSet"};
constexpr std::array<std::string_view, 4> kOfContainers = {"args", "command", "env/value",
                                                           "volumeMounts/mountPath"};
struct OfKind {
  std::string_view kind, path;
};
constexpr std::array<OfKind, 10> kOthers = {{
    {"CronJob", "spec/jobTemplate/spec/template/volumes/nfs/server"},
    {"Deployment", "spec/template/metadata/annotations"},
    {"Ingress", "spec/rules/host"},
    {"Ingress", "spec/tls/hosts"},
    {"Ingress", "spec/tls/secretName"},
    {"PersistentVolume", "spec/nfs/server"},
    {"Pod", "spec/volumes/nfs/server"},
    {"Service", "spec/ports/port"},
    {"Service", "spec/ports/targetPort"},
    {"StatefulSet", "spec/volumeClaimTemplates/spec/nfs/server"},
}};

std::vector<std::string> fields_of(std::string_view kind) {
  std::vector<std::string> out = {"metadata/labels", "metadata/annotations"};
  const bool has_template =
      std::find(kTemplates.begin(), kTemplates.end(), kind) != kTemplates.end();
  const std::string_view pod = kind == "CronJob" ? "spec/jobTemplate/spec/template/spec"
                               : kind == "Pod"   ? "spec"
                               : has_template    ? "spec/template/spec"
                                                 : "";
  if (!pod.empty())
    for (const std::string_view containers : {"containers", "initContainers"})
      for (const std::string_view field : kOfContainers)
        out.push_back(fmt::format("{}/{}/{}", pod, containers, field));
  if (has_template && kind != "StatefulSet")
    out.emplace_back("spec/template/spec/volumes/nfs/server");
  for (const OfKind& other : kOthers)
    if (other.kind == kind) out.emplace_back(other.path);
  return out;
}

/// The value of a key of the kustomization, written in whatever case: `fieldpath` is common.
Node member(Node node, std::string_view key) {
  for (const DataEntry& entry : pairs(node))
    if (iequals(entry.key->text, key) && !entry.value->is_null()) return entry.value;
  return nullptr;
}

/// `spec.ports[0].port` as `spec.ports.0.port`; a key in brackets may have dots.
std::vector<std::string> path_of(std::string_view field) {
  std::vector<std::string> out;
  for (const std::string& part : parts_of(field)) {
    const std::size_t open = part.find('[');
    if (open == std::string::npos || !part.ends_with(']')) {
      out.push_back(part);
      continue;
    }
    if (open > 0) out.push_back(part.substr(0, open));
    out.push_back(part.substr(open + 1, part.size() - open - 2));
  }
  return out;
}

/// The text with values for `$(NAME)` and `$` for `$$`, as the API does it for containers; a name
/// without a value stays. A text that is one name alone becomes the value itself, a number too.
class Expander {
 public:
  Expander(Nodes& nodes, const Values& values) : nodes_(nodes), values_(values) {}

  Node expand(Node node) {
    if (!node->is_scalar()) return node->is_mapping() ? expand_values(node) : node;
    const std::string_view text = node->text;
    if (text.find('$') == std::string_view::npos) return node;
    if (text.starts_with("$(") && text.find(')') == text.size() - 1)
      if (const Node value = value_of(text.substr(2, text.size() - 3))) return value;
    std::string out;
    for (std::size_t at = 0; at < text.size() && !nodes_.is_exhausted();) at = copy(text, at, out);
    return nodes_.scalar(out, false, node);
  }

 private:
  Node expand_values(Node mapping) {
    std::vector<DataEntry> entries(mapping->entries.begin(), mapping->entries.end());
    bool any = false;
    for (DataEntry& entry : entries) {
      const Node before = entry.value;
      if (before->is_scalar()) entry.value = expand(before);
      any = any || entry.value != before;
    }
    return any ? nodes_.mapping(entries, mapping) : mapping;
  }

  [[nodiscard]] Node value_of(std::string_view name) const {
    const auto found = values_.find(name);
    return found == values_.end() || !found->second->is_scalar() ? nullptr : found->second;
  }

  /// Copies what stands there; where to go on.
  std::size_t copy(std::string_view text, std::size_t at, std::string& out) const {
    const char next = at + 1 < text.size() ? text[at + 1] : '\0';
    const std::size_t end = next == '(' ? text.find(')', at) : std::string_view::npos;
    if (text[at] != '$' || next == '\0' || (next != '$' && end == std::string_view::npos)) {
      out += text[at];
      return at + 1;
    }
    if (next == '$') {
      out += '$';
      return at + 2;
    }
    const Node value = value_of(text.substr(at + 2, end - at - 2));
    const std::string_view put = value == nullptr ? text.substr(at, end + 1 - at) : value->text;
    nodes_.spend(put.size() / Nodes::kBytesOfWork);
    out += put;
    return end + 1;
  }

  Nodes& nodes_;
  const Values& values_;
};

/// The object that a variable is about. Group and version are compared as they are written.
struct Wanted {
  Id id;

  explicit Wanted(Node reference) : id(id_of(reference)) {
    id.name = text_of(field(reference, "name"));
    id.space = text_of(field(reference, "namespace"));
    if (field(reference, "apiVersion") != nullptr) return;
    id.group = text_of(field(reference, "group"));
    id.version = text_of(field(reference, "version"));
  }
  [[nodiscard]] bool is(Id other) const {
    if (id.space.empty() || is_cluster_wide(id.kind)) other.space = id.space;
    other.space = space_or_default(other.space);
    Id mine = id;
    mine.space = space_or_default(mine.space);
    return mine == other;
  }
};

}  // namespace

bool Variables::bind(std::vector<Resource>& all, Node list, std::string& problem) {
  for (const DataEntry& entry : items(list)) {
    const std::string name = text_of(field(entry.value, "name"));
    const Wanted wanted(member(entry.value, "objref"));
    Resource* found = nullptr;
    for (Resource& resource : all) {
      if (!wanted.is(resource.first_id())) continue;
      if (found != nullptr)
        return problem = fmt::format("`vars` has several objects for `{}`", name), false;
      found = &resource;
    }
    if (found != nullptr) found->variables.push_back(name);
    const Node path = member(member(entry.value, "fieldref"), "fieldpath");
    if (!fields_.try_emplace(name, path == nullptr ? "metadata.name" : text_of(path)).second)
      return problem = fmt::format("`vars` has `{}` twice", name), false;
  }
  return true;
}

bool Variables::resolve(Nodes& nodes, std::vector<Resource>& all, std::string& problem) const {
  if (fields_.empty()) return true;
  Values values;
  for (const Resource& resource : all)
    for (const std::string& name : resource.variables) {
      const std::string& path = fields_.at(name);
      const Node value = read_at(resource.root, path_of(path));
      if (value == nullptr)
        return problem = fmt::format("the object of the variable `{}` has no `{}`", name, path),
               false;
      values.try_emplace(name, value);
    }
  if (values.size() < fields_.size()) return false;
  Expander expander(nodes, values);
  for (Resource& resource : all)
    for (const std::string& path : fields_of(resource.first_id().kind))
      resource.root = change_at(nodes, resource.root, path_parts(path), false, [&](Node node) {
        return node == nullptr ? nullptr : expander.expand(node);
      });
  return true;
}

}  // namespace plimsoll::kubernetes::kustomize
