// Manifests: each object that Kubernetes itself defines, down to every container.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_map>

#include "plugins/container/kubernetes/fields.h"
#include "plugins/container/kubernetes/kustomize/build.h"
#include "plugins/container/kubernetes/kustomize/kustomization.h"
#include "plugins/container/kubernetes/objects.h"
#include "plugins/container/kubernetes/rbac.h"
#include "plugins/container/kubernetes/relations.h"
#include "plugins/container/kubernetes/workload.h"
#include "scanner/base/text.h"

namespace plimsoll {
namespace {

using namespace kubernetes;

constexpr std::size_t kMostFacts = 1U << 17U;
constexpr std::size_t kDeepestList = 8;

// Kinds by these names in other groups are somebody else's (Knative has a Service, too).
constexpr std::array<std::string_view, 18> kGroups = {"",
                                                      "admissionregistration.k8s.io",
                                                      "apiregistration.k8s.io",
                                                      "apps",
                                                      "apps.openshift.io",
                                                      "argoproj.io",
                                                      "autoscaling",
                                                      "batch",
                                                      "constraints.gatekeeper.sh",
                                                      "coordination.k8s.io",
                                                      "discovery.k8s.io",
                                                      "extensions",
                                                      "networking.k8s.io",
                                                      "policy",
                                                      "rbac.authorization.k8s.io",
                                                      "scheduling.k8s.io",
                                                      "security.openshift.io",
                                                      "storage.k8s.io"};

constexpr std::array<std::string_view, 27> kNamespaced = {"ConfigMap",
                                                          "CSIStorageCapacity",
                                                          "CronJob",
                                                          "DaemonSet",
                                                          "Deployment",
                                                          "DeploymentConfig",
                                                          "EndpointSlice",
                                                          "Endpoints",
                                                          "HorizontalPodAutoscaler",
                                                          "Ingress",
                                                          "Job",
                                                          "Lease",
                                                          "LimitRange",
                                                          "NetworkPolicy",
                                                          "PersistentVolumeClaim",
                                                          "Pod",
                                                          "PodDisruptionBudget",
                                                          "PodTemplate",
                                                          "ReplicaSet",
                                                          "ReplicationController",
                                                          "ResourceQuota",
                                                          "Role",
                                                          "RoleBinding",
                                                          "Secret",
                                                          "Service",
                                                          "ServiceAccount",
                                                          "StatefulSet"};

constexpr std::array<std::string_view, 16> kClusterWide = {"APIService",
                                                           "ClusterRole",
                                                           "ClusterRoleBinding",
                                                           "Config",
                                                           "CSIDriver",
                                                           "K8sAllowedRepos",
                                                           "MutatingWebhookConfiguration",
                                                           "Namespace",
                                                           "Node",
                                                           "PersistentVolume",
                                                           "PodSecurityPolicy",
                                                           "PriorityClass",
                                                           "SecurityContextConstraints",
                                                           "StorageClass",
                                                           "ValidatingWebhookConfiguration",
                                                           "VolumeAttachment"};

template <std::size_t N>
bool is_any(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// --- which files

bool is_by_name(std::string_view path) {
  return kustomize::is_kustomization_name(path) || path.ends_with(".yaml") ||
         path.ends_with(".yml") || path.ends_with(".json");
}

bool is_by_text(const Document& document) {
  if (kustomize::is_kustomization_name(document.path)) return true;
  return contains(document.text, "apiVersion") && contains(document.text, "kind");
}

/// A template of Go's text/template: Helm fills it in, and only then is it YAML.
bool is_template(const Document& document) { return contains(document.text, "{{"); }

bool is_json(const Document& document) {
  return document.path.ends_with(".json") || trim_left(document.text).starts_with('{');
}

// --- one document

class Manifest {
 public:
  Manifest(SourceFiles files, Facts& facts) : facts_(facts), notes_(std::make_shared<Notes>()) {
    notes_->files = std::move(files);
  }

  void read(const DataTree& tree) {
    for (const Node root : tree.documents)
      if (!read_object(root, 0)) break;
  }
  void read(const kustomize::Build& build) {
    for (const kustomize::Resource& resource : build.resources) {
      if (!read_object(resource.root, 0)) break;
      for (const Error& doubt : resource.doubts) facts_.gap(doubt, last_scope_);
    }
  }
  [[nodiscard]] std::shared_ptr<const Notes> notes() const { return notes_; }
  [[nodiscard]] bool any() const { return any_; }

 private:
  /// False when no more is to be read.
  bool read_object(Node root, std::size_t depth) {
    const Node version = field(root, "apiVersion"), kind = field(root, "kind");
    if (version == nullptr || kind == nullptr || !kind->is_scalar()) return true;
    // `kubectl get -o yaml` writes a List; PodList and the like are lists as well.
    if (kind->text.ends_with("List") && field(root, "items") != nullptr) {
      for (const DataEntry& entry : items(field(root, "items")))
        if (depth < kDeepestList && !read_object(entry.value, depth + 1)) return false;
      return true;
    }
    Object object = make(root, text_of(version), kind->text);
    const bool known = is_any(object.group, kGroups) &&
                       (object.is_namespaced || is_any(object.kind, kClusterWide));
    if (!known) return true;
    any_ = true;
    write(object);
    if (facts_.rows.size() <= kMostFacts && complete_) return true;
    facts_.gap({ErrorCode::limit, "more objects or containers than can be told apart",
                origin_of(notes_->files, root)},
               {}, Gap::Effect::may_add);
    return false;
  }

  Object make(Node root, std::string_view version, std::string_view kind) {
    Object object;
    object.root = root;
    const std::size_t slash = version.find('/');
    if (slash != std::string_view::npos) object.group = version.substr(0, slash);
    object.version = version.substr(slash == std::string_view::npos ? 0 : slash + 1);
    object.kind = kind == "Rollout" && object.group != "argoproj.io" ? "" : kind;
    object.metadata = field(root, "metadata");
    object.spec = field(root, "spec");
    object.is_namespaced = is_any(kind, kNamespaced) || object.kind == "Rollout";
    object.name = name_of(field(object.metadata, "name"));
    if (object.name.empty()) object.name = name_of(field(object.metadata, "generateName"));
    const Node space = field(object.metadata, "namespace");
    object.space = !object.is_namespaced ? "" : space == nullptr ? "default" : name_of(space);
    object.scope = object.is_namespaced ? fmt::format("{}/{}/{}", kind, object.space, object.name)
                                        : fmt::format("{}/{}", kind, object.name);
    if (const int before = scopes_[object.scope]++; before > 0)
      object.scope += fmt::format(" #{}", before + 1);
    return object;
  }

  void write(const Object& object) {
    Writer writer(facts_, notes_->files, object.scope);
    last_scope_ = object.scope;
    write_common(writer, object);
    const Pod pod = read_pod(pod_of(object));
    note_object(*notes_, object, pod);
    if (object.kind == "Role" || object.kind == "ClusterRole") return write_role(writer, object);
    if (object.kind == "RoleBinding" || object.kind == "ClusterRoleBinding")
      return write_binding(writer, object);
    write_other(writer, object);
    write_security_policy(writer, object);
    if (!pod.parts.is_workload) return;
    write_controller(writer, object, pod.parts);
    if (pod.parts.spec == nullptr) return;
    write_pod(writer, object, pod);
    complete_ = write_containers(writer, pod);
  }

  Facts& facts_;
  std::shared_ptr<Notes> notes_;
  std::unordered_map<std::string, int> scopes_;
  std::string last_scope_;
  bool any_ = false, complete_ = true;
};

/// What the kustomization builds.
Facts read_kustomization(const Request& request) {
  const Document& document = *request.document;
  Facts facts;
  kustomize::Build build = kustomize::build(request.root, document.path, document.text);
  Manifest manifest(build.files, facts);
  manifest.read(build);
  std::move(build.gaps.begin(), build.gaps.end(), std::back_inserter(facts.gaps));
  if (request.desk != nullptr && manifest.any()) request.desk->notes = manifest.notes();
  if (!manifest.any() && facts.gaps.empty())
    facts.not_applicable =
        fmt::format("{} builds no object that Kubernetes itself defines", document.path);
  return facts;
}

/// The kustomization that a file is a part of; empty where it stands for itself.
std::string whole_of(const Request& request) {
  if (request.survey == nullptr) return {};
  const auto& parts = static_cast<const kustomize::Survey*>(request.survey)->part_of;
  const auto found = parts.find(request.document->path);
  return found == parts.end() ? std::string() : found->second;
}

Facts read(const Request& request) {
  const Document& document = *request.document;
  Facts facts;
  if (const std::string whole = whole_of(request); !whole.empty()) {
    facts.not_applicable = fmt::format("{} is judged as {} builds it", document.path, whole);
    return facts;
  }
  switch (kustomize::file_kind(document)) {
    case kustomize::FileKind::kustomization:
      return read_kustomization(request);
    case kustomize::FileKind::component:
      facts.not_applicable =
          fmt::format("{} is a component: the kustomizations that use it build it", document.path);
      return facts;
    case kustomize::FileKind::other:
      break;
  }
  const DataTree tree = is_json(document) ? read_json(document.text, document.path)
                                          : read_yaml(document.text, document.path);
  if (tree.error && is_template(document)) {
    facts.not_applicable = fmt::format(
        "{} is a template, not YAML: scan what `helm template` makes of it", document.path);
    facts.passed_over = true;
    return facts;
  }
  Manifest manifest({{std::string(document.path)}}, facts);
  manifest.read(tree);
  if (request.desk != nullptr && manifest.any()) request.desk->notes = manifest.notes();
  if (tree.error) facts.gap(*tree.error, {}, Gap::Effect::may_add);
  if (!manifest.any() && !tree.error)
    facts.not_applicable =
        fmt::format("{} has no object that Kubernetes itself defines", document.path);
  return facts;
}

constexpr Together kTogether = {relate};
constexpr std::array<std::string_view, 1> kFiles = {"/app/manifest.yaml"};

}  // namespace

extern const Probe kubernetes_probe{
    .name = "kubernetes",
    .group = "container",
    .summary = "Kubernetes manifests: workloads down to each container, roles, policies, services",
    .semantics = "Kubernetes API reference, Pod Security Standards, Using RBAC Authorization",
    .shape = Shape::settings,
    .fields = kFields,
    .open_keys = false,
    .read = read,
    .files = kFiles,
    .documents = {.by_name = is_by_name,
                  .by_text = is_by_text,
                  .called = "Kubernetes manifest",
                  .together = &kTogether,
                  .survey = kustomize::survey},
};

}  // namespace plimsoll
