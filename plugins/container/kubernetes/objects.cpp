// Objects other than pods and roles.
#include "plugins/container/kubernetes/objects.h"

#include <algorithm>
#include <array>

#include "plugins/container/kubernetes/selector.h"
#include "plugins/container/kubernetes/words.h"

namespace plimsoll::kubernetes {
namespace {

constexpr std::string_view kUnset = "unset";

/// The release that serves a version no longer (Kubernetes "Deprecated API Migration Guide").
struct Removed {
  std::string_view group, version, kind;  ///< an empty kind: all of them
  std::string_view release;
};

constexpr std::array kRemoved = {
    Removed{"extensions", "v1beta1", "Ingress", "1.22"},
    Removed{"extensions", "v1beta1", "", "1.16"},
    Removed{"apps", "v1beta1", "", "1.16"},
    Removed{"apps", "v1beta2", "", "1.16"},
    Removed{"admissionregistration.k8s.io", "v1beta1", "MutatingWebhookConfiguration", "1.22"},
    Removed{"admissionregistration.k8s.io", "v1beta1", "ValidatingWebhookConfiguration", "1.22"},
    Removed{"apiextensions.k8s.io", "v1beta1", "", "1.22"},
    Removed{"apiregistration.k8s.io", "v1beta1", "", "1.22"},
    Removed{"authentication.k8s.io", "v1beta1", "TokenReview", "1.22"},
    Removed{"authorization.k8s.io", "v1beta1", "", "1.22"},
    Removed{"certificates.k8s.io", "v1beta1", "CertificateSigningRequest", "1.22"},
    Removed{"coordination.k8s.io", "v1beta1", "Lease", "1.22"},
    Removed{"networking.k8s.io", "v1beta1", "Ingress", "1.22"},
    Removed{"networking.k8s.io", "v1beta1", "IngressClass", "1.22"},
    Removed{"rbac.authorization.k8s.io", "v1beta1", "", "1.22"},
    Removed{"rbac.authorization.k8s.io", "v1alpha1", "", "1.22"},
    Removed{"scheduling.k8s.io", "v1beta1", "", "1.22"},
    Removed{"scheduling.k8s.io", "v1alpha1", "PriorityClass", "1.22"},
    Removed{"storage.k8s.io", "v1beta1", "CSIStorageCapacity", "1.27"},
    Removed{"storage.k8s.io", "v1beta1", "StorageClass", "1.22"},
    Removed{"storage.k8s.io", "v1beta1", "VolumeAttachment", "1.22"},
    Removed{"storage.k8s.io", "v1beta1", "CSIDriver", "1.22"},
    Removed{"storage.k8s.io", "v1beta1", "CSINode", "1.22"},
    Removed{"autoscaling", "v2beta1", "", "1.25"},
    Removed{"autoscaling", "v2beta2", "", "1.26"},
    Removed{"batch", "v1beta1", "CronJob", "1.25"},
    Removed{"batch", "v2alpha1", "", "1.21"},
    Removed{"discovery.k8s.io", "v1beta1", "", "1.25"},
    Removed{"events.k8s.io", "v1beta1", "", "1.25"},
    Removed{"node.k8s.io", "v1beta1", "", "1.25"},
    Removed{"policy", "v1beta1", "", "1.25"},
    Removed{"flowcontrol.apiserver.k8s.io", "v1beta1", "", "1.26"},
    Removed{"flowcontrol.apiserver.k8s.io", "v1beta2", "", "1.29"},
    Removed{"flowcontrol.apiserver.k8s.io", "v1beta3", "", "1.32"},
};

void write_version(Writer& writer, const Object& object) {
  const Node place = field(object.root, "apiVersion");
  writer.set("apiversion", text_of(place), object.root);
  const auto found = std::find_if(kRemoved.begin(), kRemoved.end(), [&](const Removed& one) {
    return one.group == object.group && one.version == object.version &&
           (one.kind.empty() || one.kind == object.kind);
  });
  if (found == kRemoved.end())
    writer.unset("apiversion.removed-in", kNone);
  else
    writer.set("apiversion.removed-in", found->release, place);
}

// --- workloads

bool is_any(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

void write_labels(Writer& writer, const Object& object) {
  const Node labels = field(object.metadata, "labels");
  const auto tell = [&](std::string_view key, std::initializer_list<std::string_view> wanted) {
    for (const std::string_view name : wanted)
      if (const Node found = field(labels, name)) return writer.set(key, "yes", found);
    writer.unset(key, "no");
  };
  tell("labels.owner", {"owner"});
  tell("labels.recommended", {"app", "tier", "phase", "version", "owner", "env"});
  tell("labels.common", {"app.kubernetes.io/name", "app.kubernetes.io/instance",
                         "app.kubernetes.io/version", "app.kubernetes.io/component",
                         "app.kubernetes.io/part-of", "app.kubernetes.io/managed-by"});
  const Node instance = field(labels, "app.kubernetes.io/instance");
  if (instance != nullptr)
    writer.set("labels.instance", text_of(instance) == object.name ? "matches" : "differs",
               instance);
  const Node email = field(object.metadata, {"annotations", "email"});
  writer.put("annotations.email", email, kNone);
}

void write_strategy(Writer& writer, const Object& object) {
  if (object.kind == "Deployment" || object.kind == "DeploymentConfig")
    writer.put("strategy.type", field(object.spec, {"strategy", "type"}),
               object.kind == "Deployment" ? "RollingUpdate" : "Rolling");
}

// apps/v1 refuses a template that its selector does not select; older versions made it pods
// without end.
void write_selector(Writer& writer, const Object& object, const PodTemplate& parts) {
  const Node selector = field(object.spec, "selector");
  if (selector == nullptr || parts.spec == nullptr || object.kind == "Job") return;
  const bool is_plain = object.kind == "ReplicationController" || object.kind == "DeploymentConfig";
  const Selector wanted = is_plain ? plain_selector_of(selector) : selector_of(selector);
  const bool fits = wanted.selects(labels_of(field(parts.metadata, "labels")));
  writer.set("selector", fits ? "matches" : "differs", selector);
}

/// Another pod of the same workload is kept off the host (or zone), or at least rather not there.
bool keeps_apart(Node affinity, const Labels& labels) {
  const auto applies = [&](Node term) {
    const Node key = field(term, "topologyKey");
    return key != nullptr && selector_of(field(term, "labelSelector")).selects(labels);
  };
  for (const DataEntry& entry :
       items(field(affinity, "requiredDuringSchedulingIgnoredDuringExecution")))
    if (applies(entry.value)) return true;
  for (const DataEntry& entry :
       items(field(affinity, "preferredDuringSchedulingIgnoredDuringExecution")))
    if (applies(field(entry.value, "podAffinityTerm"))) return true;
  return false;
}

void write_spreading(Writer& writer, const Object& object, const PodTemplate& parts) {
  if (parts.spec == nullptr) return;
  if (!is_any(object.kind, {"Deployment", "StatefulSet", "DeploymentConfig"})) return;
  const Node spread = field(parts.spec, "topologySpreadConstraints");
  if (items(spread).empty())
    writer.unset("topologyspreadconstraints", kNone);
  else
    writer.set("topologyspreadconstraints", "present", spread);
  const Node replicas = field(object.spec, "replicas");
  if (replicas == nullptr || replicas->as_integer().value_or(2) < 2) return;
  const Node affinity = field(parts.spec, {"affinity", "podAntiAffinity"});
  const bool apart = keeps_apart(affinity, labels_of(field(parts.metadata, "labels")));
  if (apart || !items(spread).empty())
    writer.set("antiaffinity", "present", apart ? affinity : spread);
  else
    writer.unset("antiaffinity", kNone);
}

// --- services and ingresses

void write_service(Writer& writer, const Object& object) {
  writer.put("type", field(object.spec, "type"), "ClusterIP");
  {
    Writer::Rows addresses(writer, "externalips");
    for (const DataEntry& entry : items(field(object.spec, "externalIPs")))
      addresses.add(text_of(entry.value), entry.value);
  }
  {
    Writer::Rows ssh(writer, "ports.ssh");
    for (const DataEntry& entry : items(field(object.spec, "ports")))
      for (const std::string_view key : {"port", "targetPort"}) {
        const Node port = field(entry.value, key);
        if (port != nullptr && is_any(text_of(port), {"22", "2222"})) ssh.add(text_of(port), port);
      }
  }
  const Labels labels = labels_of(field(object.metadata, "labels"));
  const Selector tiller{{{"app", "helm"}, {"name", "tiller"}}, {}};
  const bool is_tiller = tiller.selects(labels) || object.name == "tiller-deploy" ||
                         tiller.selects(labels_of(field(object.spec, "selector")));
  writer.set("tiller", is_tiller ? "yes" : "no", object.root);
}

void write_ingress(Writer& writer, const Object& object) {
  const Node tls = field(object.spec, "tls");
  if (items(tls).empty())
    writer.unset("tls", kNone);
  else
    writer.set("tls", "present", tls);
  Writer::Rows snippets(writer, "snippets"), lua(writer, "snippets.lua");
  Writer::Rows alias(writer, "snippets.alias");
  for (const DataEntry& entry : pairs(field(object.metadata, "annotations"))) {
    if (entry.key->text.find("ingress.kubernetes.io/") == std::string_view::npos ||
        !entry.key->text.ends_with("-snippet"))
      continue;
    const std::string text = text_of(entry.value);
    snippets.add(entry.key->text, entry.key);
    if (text.find("_by_lua") != std::string::npos || text.find("lua_") != std::string::npos)
      lua.add(entry.key->text, entry.value);
    if (text.find("alias") != std::string::npos) alias.add(entry.key->text, entry.value);
  }
}

/// A rule without peers and without ports lets everything through (API reference, NetworkPolicy).
void write_network_policy(Writer& writer, const Object& object) {
  Writer::Rows open(writer, "open");
  for (const auto& [key, peers] : {std::pair{"ingress", "from"}, std::pair{"egress", "to"}})
    for (const DataEntry& entry : items(field(object.spec, key)))
      if (items(field(entry.value, peers)).empty() && items(field(entry.value, "ports")).empty())
        open.add(key, entry.value);
  if (object.spec != nullptr && field(object.spec, "podSelector") == nullptr)
    open.add("no-selector", object.spec);
}

// --- namespaces, accounts, what holds secrets

void write_namespace(Writer& writer, const Object& object) {
  writer.put("pod-security.enforce",
             field(object.metadata, {"labels", "pod-security.kubernetes.io/enforce"}), kUnset);
}

void write_account(Writer& writer, const Object& object) {
  const Node mount = field(object.root, "automountServiceAccountToken");
  writer.put("account.automount", mount, "true");
  if (object.name == "default") writer.put("account.default.automount", mount, "true");
}

/// SOPS leaves the object readable and encrypts the values.
void write_secret(Writer& writer, const Object& object) {
  Writer::Rows plain(writer, "secret.data");
  if (field(object.root, "sops") != nullptr) return;
  if (text_of(field(object.root, "type")) == "kubernetes.io/service-account-token" &&
      field(object.root, "data") == nullptr)
    return;
  for (const std::string_view key : {"data", "stringData"})
    for (const DataEntry& entry : pairs(field(object.root, key)))
      if (entry.value->is_scalar() && !entry.value->text.empty() &&
          !entry.value->text.starts_with("ENC["))
        plain.add(entry.key->text, entry.key);
}

void write_config_map(Writer& writer, const Object& object) {
  Writer::Rows credentials(writer, "configmap.credentials");
  Writer::Rows personal(writer, "configmap.personal");
  for (const DataEntry& entry : pairs(field(object.root, "data"))) {
    if (!entry.key->is_scalar() || !entry.value->is_scalar()) continue;
    const std::string_view name = entry.key->text, value = entry.value->text;
    if (names_a_credential(name) || holds_private_key(value) || assigns_credential(value))
      credentials.add(name, entry.key);
    if (names_personal(name) || holds_personal(value)) personal.add(name, entry.key);
  }
}

// --- limits, storage, admission

void write_quota(Writer& writer, const Object& object) {
  const Node hard = field(object.spec, "hard");
  const auto has = [&](std::string_view name) {
    // `cpu` and `memory` are short for the requests.
    const bool is_request = name.starts_with("requests.");
    return field(hard, name) != nullptr || (is_request && field(hard, name.substr(9)) != nullptr);
  };
  Writer::Rows missing(writer, "quota.missing");
  for (const std::string_view name :
       {"requests.cpu", "requests.memory", "limits.cpu", "limits.memory"})
    if (!has(name)) missing.add(name, object.root);
}

void write_limit_range(Writer& writer, const Object& object) {
  const auto limits = items(field(object.spec, "limits"));
  const auto complete = [](const DataEntry& entry) {
    for (const std::string_view name : {"type", "min", "max", "default", "defaultRequest"})
      if (field(entry.value, name) == nullptr) return false;
    return true;
  };
  const bool any = std::any_of(limits.begin(), limits.end(), complete);
  writer.set("limitrange", any ? "complete" : "incomplete", object.root);
}

void write_storage_class(Writer& writer, const Object& object) {
  const Node encrypted = field(object.root, {"parameters", "encrypted"});
  const std::string driver = text_of(field(object.root, "provisioner"));
  const bool can = driver.find("aws") != std::string::npos || encrypted != nullptr;
  if (can) writer.put("parameters.encrypted", encrypted, "false");
}

void write_webhooks(Writer& writer, const Object& object) {
  for (const DataEntry& entry : items(field(object.root, "webhooks"))) {
    writer.set("webhook", text_of(field(entry.value, "name")), entry.value);
    writer.put("webhook.failurepolicy", field(entry.value, "failurePolicy"), "Fail");
  }
}

void write_allowed_repos(Writer& writer, const Object& object) {
  Writer::Rows open(writer, "repos.open");
  for (const DataEntry& entry : items(field(object.spec, {"parameters", "repos"}))) {
    const std::string name = text_of(entry.value);
    if (!name.ends_with('/') && !name.ends_with(':')) open.add(name, entry.value);
  }
}

void write_kubeconfig(Writer& writer, const Object& object) {
  Writer::Rows skips(writer, "tls.skipped");
  for (const DataEntry& entry : items(field(object.root, "clusters"))) {
    const Node skip = field(entry.value, {"cluster", "insecure-skip-tls-verify"});
    if (is_true(skip)) skips.add(text_of(field(entry.value, "name")), skip);
  }
}

void write_api_service(Writer& writer, const Object& object) {
  Writer::Rows skips(writer, "tls.skipped");
  const Node skip = field(object.spec, "insecureSkipTLSVerify");
  if (is_true(skip)) skips.add(object.name, skip);
}

void write_autoscaler(Writer& writer, const Object& object) {
  writer.put("minreplicas", field(object.spec, "minReplicas"), "1");
}

struct Kind {
  std::string_view name;
  void (*write)(Writer& writer, const Object& object);
};

constexpr std::array kKinds = {
    Kind{"Service", write_service},
    Kind{"Ingress", write_ingress},
    Kind{"HorizontalPodAutoscaler", write_autoscaler},
    Kind{"NetworkPolicy", write_network_policy},
    Kind{"Namespace", write_namespace},
    Kind{"ServiceAccount", write_account},
    Kind{"Secret", write_secret},
    Kind{"ConfigMap", write_config_map},
    Kind{"ResourceQuota", write_quota},
    Kind{"LimitRange", write_limit_range},
    Kind{"StorageClass", write_storage_class},
    Kind{"MutatingWebhookConfiguration", write_webhooks},
    Kind{"ValidatingWebhookConfiguration", write_webhooks},
    Kind{"K8sAllowedRepos", write_allowed_repos},
    Kind{"Config", write_kubeconfig},
    Kind{"APIService", write_api_service},
};

}  // namespace

void write_common(Writer& writer, const Object& object) {
  write_version(writer, object);
  // The API server itself keeps these in `default`.
  const bool is_fixed =
      object.name == "kubernetes" && is_any(object.kind, {"Service", "Endpoints", "EndpointSlice"});
  if (object.is_namespaced && !is_fixed)
    writer.put("metadata.namespace", field(object.metadata, "namespace"), "default");
}

void write_controller(Writer& writer, const Object& object, const PodTemplate& parts) {
  write_labels(writer, object);
  write_strategy(writer, object);
  write_selector(writer, object, parts);
  write_spreading(writer, object, parts);
}

void write_other(Writer& writer, const Object& object) {
  for (const Kind& kind : kKinds)
    if (kind.name == object.kind) kind.write(writer, object);
}

}  // namespace plimsoll::kubernetes
