// What is kept of each object until all of them are known.
#include <algorithm>

#include "plugins/container/kubernetes/rbac.h"
#include "plugins/container/kubernetes/relations.h"

namespace plimsoll::kubernetes {
namespace {

Place place_of(Node node) {
  return node == nullptr ? Place{} : Place{node->file, node->line, node->column};
}

Named named(const Object& object, Node place = nullptr) {
  return {object.scope, object.kind, object.name, object.space,
          place_of(place != nullptr ? place : object.root)};
}

std::optional<bool> truth_of(Node node) { return node == nullptr ? std::nullopt : node->as_bool(); }

void note_pod(Notes& notes, const Object& object, const Pod& pod) {
  PodNote note;
  static_cast<Named&>(note) = named(object);
  note.labels = labels_of(field(pod.parts.metadata, "labels"));
  const Node spec = pod.parts.spec;
  note.has_spec = spec != nullptr;
  Node account = field(spec, "serviceAccountName");
  if (account == nullptr) account = field(spec, "serviceAccount");
  note.account = account != nullptr ? text_of(account) : "default";
  const Node token = field(spec, "automountServiceAccountToken");
  note.mounts_token = truth_of(token);
  note.token_place = place_of(token);
  for (const DataEntry& entry : items(field(spec, "containers"))) {
    note.has_readiness = note.has_readiness || field(entry.value, "readinessProbe") != nullptr;
    for (const DataEntry& mount : items(field(entry.value, "volumeMounts")))
      note.uses_subpath = note.uses_subpath || field(mount.value, "subPath") != nullptr;
  }
  if (const Node replicas = field(object.spec, "replicas")) {
    note.replicas = replicas->as_integer();
    note.replicas_place = place_of(replicas);
  }
  notes.pods.push_back(std::move(note));
}

bool lists(Node list, std::string_view name) {
  const auto all = items(list);
  return std::any_of(all.begin(), all.end(),
                     [&](const DataEntry& entry) { return entry.value->text == name; });
}

// API reference, NetworkPolicySpec: without policyTypes a policy is for ingress, and for egress
// when it has such rules. One without rules lets nothing through.
void note_policy(Notes& notes, const Object& object) {
  SelectorNote note;
  static_cast<Named&>(note) = named(object);
  note.selector = selector_of(field(object.spec, "podSelector"));
  const Node types = field(object.spec, "policyTypes");
  const Node ingress = field(object.spec, "ingress"), egress = field(object.spec, "egress");
  note.ingress = types == nullptr || lists(types, "Ingress");
  note.egress = types == nullptr ? egress != nullptr : lists(types, "Egress");
  note.denies_ingress = note.ingress && items(ingress).empty();
  note.denies_egress = note.egress && items(egress).empty();
  notes.policies.push_back(std::move(note));
}

void note_service(Notes& notes, const Object& object) {
  std::vector<std::string> ports;
  for (const DataEntry& entry : items(field(object.spec, "ports")))
    for (const std::string_view key : {"port", "name"})
      if (const Node port = field(entry.value, key)) ports.push_back(text_of(port));
  notes.service_ports.emplace_back(object.space + '/' + object.name, std::move(ports));
  // Without a selector somebody else keeps its endpoints; ExternalName has none.
  const Node selector = field(object.spec, "selector");
  const std::string type = text_of(field(object.spec, "type"));
  if (pairs(selector).empty() || type == "ExternalName") return;
  SelectorNote note;
  static_cast<Named&>(note) = named(object);
  note.selector = plain_selector_of(selector);
  note.type = type;
  notes.services.push_back(std::move(note));
}

void note_budget(Notes& notes, const Object& object) {
  SelectorNote note;
  static_cast<Named&>(note) = named(object);
  note.selector = selector_of(field(object.spec, "selector"));
  note.min_available = text_of(field(object.spec, "minAvailable"));
  note.max_unavailable = text_of(field(object.spec, "maxUnavailable"));
  notes.budgets.push_back(std::move(note));
}

void note_backend(Notes& notes, const Object& object, Node backend) {
  const Node service = field(backend, "service");
  Node name = field(service, "name"), port = field(service, {"port", "number"});
  if (port == nullptr) port = field(service, {"port", "name"});
  if (service == nullptr) {  // before networking.k8s.io/v1
    name = field(backend, "serviceName");
    port = field(backend, "servicePort");
  }
  if (name == nullptr) return;
  TargetNote note;
  static_cast<Named&>(note) = named(object, name);
  note.target = text_of(name);
  note.port = text_of(port);
  notes.backends.push_back(std::move(note));
}

void note_ingress(Notes& notes, const Object& object) {
  for (const std::string_view key : {"defaultBackend", "backend"})
    note_backend(notes, object, field(object.spec, key));
  for (const DataEntry& rule : items(field(object.spec, "rules")))
    for (const DataEntry& path : items(field(rule.value, {"http", "paths"})))
      note_backend(notes, object, field(path.value, "backend"));
}

void note_scaler(Notes& notes, const Object& object) {
  TargetNote note;
  static_cast<Named&>(note) = named(object);
  note.target_kind = text_of(field(object.spec, {"scaleTargetRef", "kind"}));
  note.target = text_of(field(object.spec, {"scaleTargetRef", "name"}));
  if (const Node least = field(object.spec, "minReplicas"))
    note.min_replicas = least->as_integer().value_or(1);
  notes.scalers.push_back(std::move(note));
}

void note_role(Notes& notes, const Object& object) {
  RoleNote note;
  static_cast<Named&>(note) = named(object);
  for (const Grant& grant : grants_of(field(object.root, "rules")))
    note.powers.push_back(grant.power);
  notes.roles.push_back(std::move(note));
}

void note_binding(Notes& notes, const Object& object) {
  BindingNote note;
  static_cast<Named&>(note) = named(object, field(object.root, "roleRef"));
  note.role_kind = text_of(field(object.root, {"roleRef", "kind"}));
  note.role = text_of(field(object.root, {"roleRef", "name"}));
  for (const DataEntry& entry : items(field(object.root, "subjects"))) {
    const std::string kind = text_of(field(entry.value, "kind"));
    const std::string name = text_of(field(entry.value, "name"));
    const Node space = field(entry.value, "namespace");
    if (kind == "ServiceAccount")
      note.accounts.emplace_back(space != nullptr ? text_of(space) : object.space, name);
    note.everybody =
        note.everybody ||
        (kind == "Group" && (name == "system:authenticated" || name == "system:unauthenticated")) ||
        (kind == "User" && name == "system:anonymous");
  }
  notes.bindings.push_back(std::move(note));
}

void note_account(Notes& notes, const Object& object) {
  AccountNote note;
  static_cast<Named&>(note) = named(object);
  const Node token = field(object.root, "automountServiceAccountToken");
  note.mounts_token = truth_of(token);
  note.token_place = place_of(token);
  notes.accounts.push_back(std::move(note));
}

}  // namespace

void note_object(Notes& notes, const Object& object, const Pod& pod) {
  const std::string_view kind = object.kind;
  if (pod.parts.is_workload) return note_pod(notes, object, pod);
  if (kind == "NetworkPolicy") return note_policy(notes, object);
  if (kind == "Service") return note_service(notes, object);
  if (kind == "PodDisruptionBudget") return note_budget(notes, object);
  if (kind == "Ingress") return note_ingress(notes, object);
  if (kind == "HorizontalPodAutoscaler") return note_scaler(notes, object);
  if (kind == "Role" || kind == "ClusterRole") return note_role(notes, object);
  if (kind == "RoleBinding" || kind == "ClusterRoleBinding") return note_binding(notes, object);
  if (kind == "ServiceAccount") return note_account(notes, object);
  if (kind == "Namespace") notes.namespaces.push_back(named(object));
  if (kind == "Node")
    if (const Node version = field(object.root, {"status", "nodeInfo", "kubeletVersion"}))
      notes.kubelets.push_back(text_of(version));
}

}  // namespace plimsoll::kubernetes
