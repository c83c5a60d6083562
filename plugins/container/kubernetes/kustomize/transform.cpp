#include "plugins/container/kubernetes/kustomize/transform.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace plimsoll::kubernetes::kustomize {
namespace {

/// A field that a transformer changes in objects of that kind; no kind: in all.
struct FieldSpec {
  std::string_view kind, path;
  bool create = false;
};

constexpr std::array kTemplateLabels = {
    FieldSpec{"ReplicationController", "spec/template/metadata", true},
    FieldSpec{"Deployment", "spec/template/metadata", true},
    FieldSpec{"ReplicaSet", "spec/template/metadata", true},
    FieldSpec{"DaemonSet", "spec/template/metadata", true},
    FieldSpec{"StatefulSet", "spec/template/metadata", true},
    FieldSpec{"Job", "spec/template/metadata", true},
    FieldSpec{"CronJob", "spec/jobTemplate/metadata", true},
    FieldSpec{"CronJob", "spec/jobTemplate/spec/template/metadata", true}};

constexpr std::array kSelectors = {
    FieldSpec{"Service", "spec/selector", true},
    FieldSpec{"ReplicationController", "spec/selector", true},
    FieldSpec{"Deployment", "spec/selector/matchLabels", true},
    FieldSpec{"ReplicaSet", "spec/selector/matchLabels", true},
    FieldSpec{"DaemonSet", "spec/selector/matchLabels", true},
    FieldSpec{"StatefulSet", "spec/selector/matchLabels", true},
    FieldSpec{"StatefulSet", "spec/volumeClaimTemplates/metadata/labels", true},
    FieldSpec{"Job", "spec/selector/matchLabels", false},
    FieldSpec{"CronJob", "spec/jobTemplate/spec/selector/matchLabels", false},
    FieldSpec{"PodDisruptionBudget", "spec/selector/matchLabels", false},
    FieldSpec{"NetworkPolicy", "spec/podSelector/matchLabels", false},
    FieldSpec{"NetworkPolicy", "spec/ingress/from/podSelector/matchLabels", false},
    FieldSpec{"NetworkPolicy", "spec/egress/to/podSelector/matchLabels", false}};

/// Of Deployments and StatefulSets, below the pod's spec.
constexpr std::array<std::string_view, 5> kPodSelectors = {
    "affinity/podAffinity/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/"
    "labelSelector/matchLabels",
    "affinity/podAffinity/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels",
    "affinity/podAntiAffinity/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/"
    "labelSelector/matchLabels",
    "affinity/podAntiAffinity/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/"
    "matchLabels",
    "topologySpreadConstraints/labelSelector/matchLabels"};

constexpr std::array<std::string_view, 3> kNeverRenamed = {"CustomResourceDefinition", "APIService",
                                                           "Namespace"};

void change_field(Nodes& nodes, Resource& resource, std::string_view path, bool create,
                  const Change& change) {
  resource.root = change_at(nodes, resource.root, path_parts(path), create, change);
}

/// The mapping with all of `more` in it.
Node joined(Nodes& nodes, Node mapping, Node more) {
  for (const DataEntry& entry : pairs(more))
    if (entry.key->is_scalar()) mapping = nodes.with(mapping, entry.key->text, entry.value);
  return mapping;
}

void join_at(Nodes& nodes, Resource& resource, std::string_view path, bool create, Node more) {
  change_field(nodes, resource, path, create,
               [&](Node there) { return joined(nodes, there, more); });
}

// --- references between objects

/// Where objects name others: a kind's field, and the kind that is named.
struct Reference {
  std::string_view from, path, to;
};

constexpr std::array kReferences = {
    Reference{"HorizontalPodAutoscaler", "spec/scaleTargetRef", ""},
    Reference{"StatefulSet", "spec/serviceName", "Service"},
    Reference{"Ingress", "spec/rules/http/paths/backend/serviceName", "Service"},
    Reference{"Ingress", "spec/backend/serviceName", "Service"},
    Reference{"Ingress", "spec/rules/http/paths/backend/service/name", "Service"},
    Reference{"Ingress", "spec/defaultBackend/service/name", "Service"},
    Reference{"APIService", "spec/service/name", "Service"},
    Reference{"ValidatingWebhookConfiguration", "webhooks/clientConfig/service/name", "Service"},
    Reference{"MutatingWebhookConfiguration", "webhooks/clientConfig/service/name", "Service"},
    Reference{"RoleBinding", "roleRef", ""},
    Reference{"ClusterRoleBinding", "roleRef", ""},
    Reference{"RoleBinding", "subjects", ""},
    Reference{"ClusterRoleBinding", "subjects", ""},
    Reference{"Ingress", "spec/tls/secretName", "Secret"},
    Reference{"ServiceAccount", "imagePullSecrets/name", "Secret"},
    Reference{"Ingress", "spec/ingressClassName", "IngressClass"},
    Reference{"PersistentVolumeClaim", "spec/storageClassName", "StorageClass"}};

/// The same of any pod, below its spec.
constexpr std::array kPodReferences = {
    Reference{"", "serviceAccountName", "ServiceAccount"},
    Reference{"", "priorityClassName", "PriorityClass"},
    Reference{"", "imagePullSecrets/name", "Secret"},
    Reference{"", "volumes/secret/secretName", "Secret"},
    Reference{"", "volumes/configMap/name", "ConfigMap"},
    Reference{"", "volumes/projected/sources/secret/name", "Secret"},
    Reference{"", "volumes/projected/sources/configMap/name", "ConfigMap"},
    Reference{"", "volumes/persistentVolumeClaim/claimName", "PersistentVolumeClaim"},
    Reference{"", "containers/env/valueFrom/secretKeyRef/name", "Secret"},
    Reference{"", "containers/env/valueFrom/configMapKeyRef/name", "ConfigMap"},
    Reference{"", "containers/envFrom/secretRef/name", "Secret"},
    Reference{"", "containers/envFrom/configMapRef/name", "ConfigMap"},
    Reference{"", "initContainers/env/valueFrom/secretKeyRef/name", "Secret"},
    Reference{"", "initContainers/env/valueFrom/configMapKeyRef/name", "ConfigMap"},
    Reference{"", "initContainers/envFrom/secretRef/name", "Secret"},
    Reference{"", "initContainers/envFrom/configMapRef/name", "ConfigMap"}};

/// The path to the spec of the pods that a kind makes; empty for other kinds.
std::string_view pod_path(std::string_view kind) {
  constexpr std::array<std::string_view, 6> kControllers = {
      "Deployment", "DaemonSet", "StatefulSet", "ReplicaSet", "Job", "ReplicationController"};
  if (kind == "Pod") return "spec";
  if (kind == "CronJob") return "spec/jobTemplate/spec/template/spec";
  if (kind == "PodTemplate") return "template/spec";
  const bool is_one =
      std::find(kControllers.begin(), kControllers.end(), kind) != kControllers.end();
  return is_one ? "spec/template/spec" : "";
}

/// What a level has called otherwise, and the references that follow.
class Renames {
 public:
  using Rename = std::pair<Id, Id>;  ///< before and after
  explicit Renames(Nodes& nodes) : nodes_(nodes) {}

  void add(Id before, Id after) {
    const std::string name = before.kind + '/' + before.name;
    all_.emplace(name, Rename(std::move(before), std::move(after)));
  }
  /// What has a name now is meant by it, whatever else had it before.
  void keep(const Id& id) {
    kept_.insert(fmt::format("{}/{}/{}", id.kind, space_or_default(id.space), id.name));
  }

  void follow(Resource& resource) {
    const Id own = resource.id();
    for (const Reference& one : kReferences)
      if (one.from == own.kind) follow(resource, std::string(one.path), one.to, own.space);
    const std::string_view pod = pod_path(own.kind);
    if (pod.empty()) return;
    for (const Reference& one : kPodReferences)
      follow(resource, fmt::format("{}/{}", pod, one.path), one.to, own.space);
  }

 private:
  [[nodiscard]] const Rename* find(std::string_view kind, std::string_view name,
                                   std::string_view space) const {
    const auto is_there = [&](const Id& id) {
      return space_or_default(id.space) == space_or_default(space);
    };
    if (kept_.contains(fmt::format("{}/{}/{}", kind, space_or_default(space), name)))
      return nullptr;
    const auto [first, last] = all_.equal_range(fmt::format("{}/{}", kind, name));
    // Who refers to it may have moved to its new namespace already.
    for (auto one = first; one != last; ++one)
      if (is_there(one->second.first) || is_there(one->second.second) || is_cluster_wide(kind))
        return &one->second;
    return nullptr;
  }

  void follow(Resource& resource, const std::string& path, std::string_view kind,
              const std::string& space) {
    change_field(nodes_, resource, path, false, [&](Node there) -> Node {
      if (there == nullptr) return nullptr;
      if (kind.empty()) return followed(there, space);
      const Rename* found = find(kind, there->text, space);
      return found == nullptr ? nullptr : nodes_.scalar(found->second.name, there->plain, there);
    });
  }

  /// A reference that names the kind itself.
  Node followed(Node reference, const std::string& space) {
    const Node kind = field(reference, "kind"), name = field(reference, "name");
    if (kind == nullptr || name == nullptr) return nullptr;
    const Node other = field(reference, "namespace");
    const Rename* found = find(kind->text, name->text, other == nullptr ? space : text_of(other));
    if (found == nullptr) return nullptr;
    const Node renamed =
        nodes_.with(reference, "name", nodes_.scalar(found->second.name, name->plain, name));
    if (kind->text != "ServiceAccount" || found->second.space.empty()) return renamed;
    return nodes_.with(renamed, "namespace", nodes_.scalar(found->second.space, false, name));
  }

  Nodes& nodes_;
  std::multimap<std::string, Rename> all_;  ///< by kind and name
  std::set<std::string> kept_;
};

/// Does something to every resource, and lets references follow what is called otherwise then.
template <class Apply>
void rename_all(Nodes& nodes, Resources& all, Apply apply) {
  Renames renames(nodes);
  for (Resource& resource : all) {
    const Id before = resource.id();
    const Node root = apply(resource.root, before);
    if (root == resource.root) continue;
    resource.remember();
    resource.root = root;
    renames.add(before, resource.id());
  }
  for (Resource& resource : all) renames.follow(resource);
}

// --- images

/// What an image reference consists of; tag and digest with their mark.
struct Image {
  std::string name, tag, digest;
};

Image image_of(std::string_view text) {
  Image out;
  const std::size_t at = text.find('@');
  if (at != std::string_view::npos) out.digest = text.substr(at);
  text = text.substr(0, at);
  const std::size_t colon =
      text.find(':', text.rfind('/') == std::string_view::npos ? 0 : text.rfind('/'));
  if (colon != std::string_view::npos) out.tag = text.substr(colon);
  out.name = text.substr(0, colon);
  return out;
}

constexpr std::string_view kDigest = "@sha256:";

/// What Kustomize takes for a tag or the value of a digest.
bool is_word(std::string_view text) {
  constexpr std::string_view kMore = "_.{}-";
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           kMore.find(c) != std::string_view::npos;
  });
}

std::string changed_image(std::string_view text, Node entry, const WholeMatch& wanted) {
  Image image = image_of(text);
  const bool is_well_formed =
      is_word(std::string_view(image.tag).substr(image.tag.empty() ? 0 : 1)) &&
      (image.digest.empty() || (image.digest.starts_with(kDigest) &&
                                is_word(std::string_view(image.digest).substr(kDigest.size()))));
  if (!is_well_formed || !wanted.matches(image.name)) return std::string(text);
  if (const Node name = field(entry, "newName")) image.name = text_of(name);
  const Node tag = field(entry, "newTag"), digest = field(entry, "digest");
  if (tag != nullptr) image.tag = ':' + std::string(tag->text), image.digest.clear();
  const Node suffix = field(entry, "tagSuffix");
  if (suffix != nullptr && tag == nullptr && digest == nullptr)
    image.tag += suffix->text, image.digest.clear();
  if (digest != nullptr) {
    image.digest = '@' + std::string(digest->text);
    if (tag == nullptr) image.tag.clear();
  }
  return image.name + image.tag + image.digest;
}

/// Below any `containers` and `initContainers`, wherever they are.
Node with_image(Nodes& nodes, Node node, Node entry, const WholeMatch& wanted, bool in_list,
                unsigned depth) {
  constexpr unsigned kDeepest = 64;
  if (depth > kDeepest || node->is_scalar() || nodes.is_exhausted()) return node;
  nodes.spend(node->entries.size());
  std::vector<DataEntry> entries(node->entries.begin(), node->entries.end());
  bool any = false;
  for (DataEntry& one : entries) {
    const bool is_key = one.key != nullptr && one.key->is_scalar();
    const std::string_view key = is_key ? one.key->text : std::string_view();
    Node changed = one.value;
    if (in_list && key == "image" && one.value->is_scalar()) {
      const std::string text = changed_image(one.value->text, entry, wanted);
      if (text != one.value->text) {
        const Node why = field(entry, "newName") != nullptr ? field(entry, "newName") : entry;
        changed = nodes.scalar(text, false, why);
      }
    } else {
      const bool below =
          node->is_sequence() ? in_list : key == "containers" || key == "initContainers";
      changed = with_image(nodes, one.value, entry, wanted, below, depth + 1);
    }
    any = any || changed != one.value;
    one.value = changed;
  }
  if (!any) return node;
  return node->is_sequence() ? nodes.sequence(entries, node) : nodes.mapping(entries, node);
}

}  // namespace

void set_namespace(Nodes& nodes, Resources& all, Node space) {
  const std::array<std::string_view, 2> name = {"metadata", "name"}, in = {"metadata", "namespace"};
  rename_all(nodes, all, [&](Node root, const Id& id) {
    if (id.kind == "Namespace") return nodes.with(root, name, space, true);
    return is_cluster_wide(id.kind) || id.space == space->text ? root
                                                               : nodes.with(root, in, space, true);
  });
  // An account `default` is there without being defined.
  for (Resource& resource : all) {
    if (nodes.is_exhausted()) return;
    const std::string kind = resource.id().kind;
    if (kind != "RoleBinding" && kind != "ClusterRoleBinding") continue;
    change_field(nodes, resource, "subjects", false, [&](Node there) -> Node {
      const bool is_default = text_of(field(there, "kind")) == "ServiceAccount" &&
                              text_of(field(there, "name")) == "default";
      return is_default ? nodes.with(there, "namespace", space) : nullptr;
    });
  }
}

void rename(Nodes& nodes, Resources& all, std::string_view prefix, std::string_view suffix) {
  const std::array<std::string_view, 2> path = {"metadata", "name"};
  rename_all(nodes, all, [&](Node root, const Id& id) {
    const bool stays =
        std::find(kNeverRenamed.begin(), kNeverRenamed.end(), id.kind) != kNeverRenamed.end();
    const Node name = field(root, {"metadata", "name"});
    if (stays || name == nullptr) return root;
    const std::string changed = fmt::format("{}{}{}", prefix, id.name, suffix);
    return nodes.with(root, path, nodes.scalar(changed, name->plain, name), false);
  });
}

void follow_former_names(Nodes& nodes, Resources& all) {
  Renames renames(nodes);
  for (const Resource& resource : all) {
    const Id now = resource.id();
    renames.keep(now);
    for (const Id& former : resource.former)
      if (former.name != now.name)
        renames.add({former.group, former.version, former.kind, former.name, now.space}, now);
  }
  for (Resource& resource : all) renames.follow(resource);
}

void add_labels(Nodes& nodes, Resources& all, Node labels, LabelReach reach) {
  for (Resource& resource : all) {
    if (nodes.is_exhausted()) return;
    const std::string kind = resource.id().kind;
    join_at(nodes, resource, "metadata/labels", true, labels);
    if (reach == LabelReach::metadata) continue;
    for (const FieldSpec& spec : kTemplateLabels)
      if (spec.kind == kind)
        join_at(nodes, resource, fmt::format("{}/labels", spec.path), true, labels);
    if (reach == LabelReach::templates) continue;
    for (const FieldSpec& spec : kSelectors)
      if (spec.kind == kind) join_at(nodes, resource, spec.path, spec.create, labels);
    if (kind != "Deployment" && kind != "StatefulSet") continue;
    for (const std::string_view path : kPodSelectors)
      join_at(nodes, resource, fmt::format("spec/template/spec/{}", path), false, labels);
  }
}

void add_annotations(Nodes& nodes, Resources& all, Node annotations) {
  for (Resource& resource : all) {
    if (nodes.is_exhausted()) return;
    const std::string kind = resource.id().kind;
    join_at(nodes, resource, "metadata/annotations", true, annotations);
    for (const FieldSpec& spec : kTemplateLabels)
      if (spec.kind == kind)
        join_at(nodes, resource, fmt::format("{}/annotations", spec.path), true, annotations);
  }
}

bool set_replicas(Nodes& nodes, Resources& all, Node entry) {
  constexpr std::array<std::string_view, 4> kKinds = {"Deployment", "ReplicationController",
                                                      "ReplicaSet", "StatefulSet"};
  const Node count = field(entry, "count");
  const std::string name = text_of(field(entry, "name"));
  bool any = false;
  nodes.spend(all.size());
  for (Resource& resource : all) {
    if (nodes.is_exhausted()) return true;
    const auto is_it = [&](const Id& id) {
      return id.name == name && std::find(kKinds.begin(), kKinds.end(), id.kind) != kKinds.end();
    };
    if (!is_it(resource.id()) &&
        std::none_of(resource.former.begin(), resource.former.end(), is_it))
      continue;
    any = true;
    const std::array<std::string_view, 2> path = {"spec", "replicas"};
    if (count != nullptr) resource.root = nodes.with(resource.root, path, count, true);
  }
  return any;
}

void set_image(Nodes& nodes, Resources& all, Node entry) {
  const WholeMatch wanted(text_of(field(entry, "name")));
  for (Resource& resource : all)
    if (!nodes.is_exhausted() && resource.id().kind != "CustomResourceDefinition")
      resource.root = with_image(nodes, resource.root, entry, wanted, false, 0);
}

}  // namespace plimsoll::kubernetes::kustomize
