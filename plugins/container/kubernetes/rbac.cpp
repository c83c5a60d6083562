// What roles grant, as the RBAC authorizer matches a request: group, resource and verb of one rule
// together ("Using RBAC Authorization").
#include "plugins/container/kubernetes/rbac.h"

#include <algorithm>
#include <array>
#include <initializer_list>

#include "scanner/base/text.h"

namespace plimsoll::kubernetes {
namespace {

using Names = std::initializer_list<std::string_view>;

bool lists(Node list, std::string_view name) {
  const auto all = items(list);
  return std::any_of(all.begin(), all.end(),
                     [&](const DataEntry& entry) { return entry.value->text == name; });
}

/// One rule of a role.
struct Rule {
  Node root = nullptr;
  Node groups = nullptr, resources = nullptr, verbs = nullptr;
  bool is_named = false;  ///< holds for single objects only

  explicit Rule(Node node)
      : root(node),
        groups(field(node, "apiGroups")),
        resources(field(node, "resources")),
        verbs(field(node, "verbs")),
        is_named(!items(field(node, "resourceNames")).empty()) {}

  [[nodiscard]] bool has_verb(Names names) const {
    return lists(verbs, "*") ||
           std::any_of(names.begin(), names.end(), [&](auto name) { return lists(verbs, name); });
  }
  [[nodiscard]] bool has_group(std::string_view name) const {
    return lists(groups, "*") || lists(groups, name);
  }
  /// `*` is every resource and subresource, `*/scale` that subresource of all.
  [[nodiscard]] bool has_resource(std::string_view name) const {
    if (lists(resources, "*") || lists(resources, name)) return true;
    const std::size_t slash = name.find('/');
    return slash != std::string_view::npos &&
           lists(resources, "*" + std::string(name.substr(slash)));
  }
  [[nodiscard]] bool allows(std::string_view group, Names resources_wanted,
                            Names verbs_wanted) const {
    return has_group(group) && has_verb(verbs_wanted) &&
           std::any_of(resources_wanted.begin(), resources_wanted.end(),
                       [&](std::string_view name) { return has_resource(name); });
  }
};

constexpr std::string_view kRbac = "rbac.authorization.k8s.io";
constexpr std::array<std::string_view, 7> kEveryVerb = {"get",    "list",  "watch", "create",
                                                        "update", "patch", "delete"};

// --- powers, one test each

bool writes(const Rule& rule, std::string_view group, Names resources) {
  return rule.allows(group, resources,
                     {"create", "update", "patch", "delete", "deletecollection", "impersonate"});
}

bool reads(const Rule& rule, std::string_view group, Names resources) {
  return rule.allows(group, resources, {"get", "list", "watch"});
}

bool any_wildcard(const Rule& rule) {
  return lists(rule.verbs, "*") || lists(rule.resources, "*") || lists(rule.groups, "*");
}

bool any_verb(const Rule& rule) { return lists(rule.verbs, "*"); }

bool any_resource(const Rule& rule) { return lists(rule.resources, "*"); }

bool all_resources(const Rule& rule) {
  return lists(rule.groups, "*") && lists(rule.resources, "*") &&
         rule.has_verb({"get", "list", "watch", "create", "update", "patch", "delete",
                        "deletecollection", "impersonate"});
}

bool all_verbs(const Rule& rule) {
  return lists(rule.verbs, "*") || std::all_of(kEveryVerb.begin(), kEveryVerb.end(),
                                               [&](auto verb) { return lists(rule.verbs, verb); });
}

bool everything(const Rule& rule) {
  return lists(rule.groups, "*") && lists(rule.resources, "*") && all_verbs(rule);
}

bool everything_core(const Rule& rule) {
  return rule.has_group("") && lists(rule.resources, "*") && all_verbs(rule);
}

bool secrets_read(const Rule& rule) { return !rule.is_named && reads(rule, "", {"secrets"}); }

bool secrets_write(const Rule& rule) { return writes(rule, "", {"secrets"}); }

bool on_workloads(const Rule& rule, Names verbs) {
  return rule.allows("", {"pods", "replicationcontrollers"}, verbs) ||
         rule.allows("apps", {"deployments", "daemonsets", "statefulsets", "replicasets"}, verbs) ||
         rule.allows("extensions", {"deployments", "daemonsets", "replicasets"}, verbs) ||
         rule.allows("batch", {"jobs", "cronjobs"}, verbs);
}

bool workloads_create(const Rule& rule) { return on_workloads(rule, {"create"}); }

bool pods_create(const Rule& rule) {
  return rule.allows("", {"pods"}, {"create", "update", "patch"});
}

bool workloads_write(const Rule& rule) {
  return on_workloads(rule,
                      {"create", "update", "patch", "delete", "deletecollection", "impersonate"});
}

bool objects_delete(const Rule& rule) {
  return on_workloads(rule, {"delete", "deletecollection"}) ||
         rule.allows("", {"secrets", "services"}, {"delete", "deletecollection"});
}

// A websocket begins with GET, so `get` is enough.
bool pods_exec(const Rule& rule) { return rule.allows("", {"pods/exec"}, {"create", "get"}); }

bool pods_attach(const Rule& rule) { return rule.allows("", {"pods/attach"}, {"create", "get"}); }

bool pods_portforward(const Rule& rule) {
  return rule.allows("", {"pods/portforward"}, {"create", "get"});
}

bool nodes_proxy(const Rule& rule) { return rule.allows("", {"nodes/proxy"}, {"create", "get"}); }

bool roles_bind(const Rule& rule) {
  return rule.allows(kRbac, {"roles", "clusterroles"}, {"bind", "escalate"});
}

bool rbac_write(const Rule& rule) {
  return writes(rule, kRbac, {"roles", "clusterroles", "rolebindings", "clusterrolebindings"});
}

bool bindings_write(const Rule& rule) {
  return rule.allows(kRbac, {"rolebindings", "clusterrolebindings"}, {"create", "update", "patch"});
}

bool impersonates(const Rule& rule) {
  return rule.allows("", {"users", "groups", "serviceaccounts"}, {"impersonate"}) ||
         rule.allows("authentication.k8s.io", {"uids", "userextras"}, {"impersonate"});
}

bool webhooks_write(const Rule& rule) {
  return writes(rule, "admissionregistration.k8s.io",
                {"validatingwebhookconfigurations", "mutatingwebhookconfigurations"});
}

bool certificates_approve(const Rule& rule) {
  return rule.allows("certificates.k8s.io", {"certificatesigningrequests/approval"},
                     {"update", "patch"}) ||
         rule.allows("certificates.k8s.io", {"signers"}, {"approve"});
}

bool volumes_create(const Rule& rule) { return rule.allows("", {"persistentvolumes"}, {"create"}); }

bool tokens_create(const Rule& rule) {
  return rule.allows("", {"serviceaccounts/token"}, {"create"});
}

bool network_write(const Rule& rule) {
  return writes(rule, "", {"services", "endpoints"}) ||
         writes(rule, "discovery.k8s.io", {"endpointslices"}) ||
         writes(rule, "networking.k8s.io", {"networkpolicies", "ingresses"}) ||
         writes(rule, "extensions", {"networkpolicies", "ingresses"});
}

bool service_status_write(const Rule& rule) {
  return rule.allows("", {"services/status"}, {"update", "patch"});
}

bool configmaps_write(const Rule& rule) {
  return !rule.is_named && writes(rule, "", {"configmaps"});
}

bool evidence_delete(const Rule& rule) {
  return rule.allows("", {"pods/log", "events"}, {"delete", "deletecollection"}) ||
         rule.allows("events.k8s.io", {"events"}, {"delete", "deletecollection"});
}

bool pods_view(const Rule& rule) { return reads(rule, "", {"pods", "nodes", "pods/log"}); }

struct Power {
  std::string_view name;
  bool (*test)(const Rule& rule);
};

constexpr std::array kPowers = {
    Power{"wildcard", any_wildcard},
    Power{"wildcard-verb", any_verb},
    Power{"wildcard-resource", any_resource},
    Power{"all-resources", all_resources},
    Power{"everything", everything},
    Power{"everything-core", everything_core},
    Power{"secrets-read", secrets_read},
    Power{"secrets-write", secrets_write},
    Power{"pods-create", pods_create},
    Power{"pods-view", pods_view},
    Power{"pods-exec", pods_exec},
    Power{"pods-attach", pods_attach},
    Power{"pods-portforward", pods_portforward},
    Power{"workloads-create", workloads_create},
    Power{"workloads-write", workloads_write},
    Power{"objects-delete", objects_delete},
    Power{"nodes-proxy", nodes_proxy},
    Power{"roles-bind", roles_bind},
    Power{"rbac-write", rbac_write},
    Power{"bindings-write", bindings_write},
    Power{"impersonate", impersonates},
    Power{"webhooks-write", webhooks_write},
    Power{"certificates-approve", certificates_approve},
    Power{"volumes-create", volumes_create},
    Power{"tokens-create", tokens_create},
    Power{"network-write", network_write},
    Power{"service-status-write", service_status_write},
    Power{"configmaps-write", configmaps_write},
    Power{"evidence-delete", evidence_delete},
};

bool holds(const std::vector<Grant>& grants, std::string_view power) {
  return std::any_of(grants.begin(), grants.end(),
                     [&](const Grant& grant) { return grant.power == power; });
}

bool is_service_account(Node subject) {
  return text_of(field(subject, "kind")) == "ServiceAccount";
}

}  // namespace

std::vector<Grant> grants_of(Node rules) {
  std::vector<Grant> out;
  for (const DataEntry& entry : items(rules)) {
    const Rule rule(entry.value);
    for (const Power& power : kPowers)
      if (!holds(out, power.name) && power.test(rule)) out.push_back({power.name, entry.value});
  }
  // Whoever may make bindings and may bind roles gives himself any of them.
  const auto bind = std::find_if(out.begin(), out.end(),
                                 [](const Grant& grant) { return grant.power == "roles-bind"; });
  if (bind != out.end() && holds(out, "bindings-write"))
    out.push_back({"bind-any-role", bind->place});
  return out;
}

// "Using RBAC Authorization": the prefix `system:` is kept for what the control plane manages. GKE
// names its own gce:podsecuritypolicy:...
bool is_managed_name(std::string_view name) {
  return name.starts_with("system:") || name.starts_with("gce:podsecuritypolicy:");
}

void write_role(Writer& writer, const Object& object) {
  if (is_managed_name(object.name)) return;
  Writer::Rows rows(writer, "rules.grants");
  for (const Grant& grant : grants_of(field(object.root, "rules")))
    rows.add(grant.power, grant.place);
}

void write_binding(Writer& writer, const Object& object) {
  if (const Node role = field(object.root, {"roleRef", "name"});
      role != nullptr && !is_managed_name(object.name))
    writer.put("roleref.name", role, {});
  Writer::Rows subjects(writer, "subjects");
  Writer::Rows defaults(writer, "subjects.default-account");
  Writer::Rows dashboard(writer, "subjects.dashboard");
  for (const DataEntry& entry : items(field(object.root, "subjects"))) {
    const std::string name = text_of(field(entry.value, "name"));
    subjects.add(text_of(field(entry.value, "kind")) + ' ' + name, entry.value);
    if (!is_service_account(entry.value)) continue;
    if (name == "default") defaults.add(name, entry.value);
    if (name == "kubernetes-dashboard") dashboard.add(name, entry.value);
  }
}

}  // namespace plimsoll::kubernetes
