// What a pod shares with its host, mounts and is scheduled by.
#include <algorithm>
#include <array>

#include "plugins/container/kubernetes/words.h"
#include "plugins/container/kubernetes/workload.h"
#include "scanner/base/text.h"

namespace plimsoll::kubernetes {
namespace {

constexpr std::size_t kMostContainers = 4096;

bool has_label(const Object& object, const Pod& pod, std::string_view key, std::string_view value) {
  const auto is = [&](Node metadata) { return text_of(field(metadata, {"labels", key})) == value; };
  return is(object.metadata) || is(pod.parts.metadata);
}

// --- volumes

/// The type is the one key beside the name; a volume without one is an emptyDir (API reference).
void write_volumes(Writer& writer, const Pod& pod) {
  Writer::Rows types(writer, "volumes.type");
  Writer::Rows paths(writer, "volumes.hostpath");
  Writer::Rows system(writer, "volumes.hostpath.system");
  Writer::Rows engine(writer, "volumes.hostpath.engine");
  Writer::Rows credentials(writer, "volumes.hostpath.credentials");
  for (const DataEntry& entry : items(field(pod.parts.spec, "volumes"))) {
    bool any = false;
    for (const DataEntry& one : pairs(entry.value)) {
      if (one.key->text == "name" || !one.key->is_scalar() || one.value->is_null()) continue;
      types.add(one.key->text, one.key);
      any = true;
    }
    if (!any) types.add("emptyDir", entry.value);
    const Node host = field(entry.value, "hostPath");
    if (host == nullptr) continue;
    const Node written = field(host, "path");
    const Node place = written != nullptr ? written : host;
    const std::string path = clean_path(text_of(written));
    paths.add(path, place);
    if (is_system_path(path)) system.add(path, place);
    if (is_engine_socket(path)) engine.add(path, place);
    if (is_credential_path(path)) credentials.add(path, place);
  }
}

// --- what it is

/// The dashboard, by its image, its label or its account.
void write_dashboard(Writer& writer, const Object& object, const Pod& pod) {
  const Node account = field(pod.parts.spec, "serviceAccountName");
  if (text_of(account) == "kubernetes-dashboard")
    return writer.set("dashboard", "account", account);
  for (const DataEntry& entry : items(field(pod.parts.spec, "containers"))) {
    const Node image = field(entry.value, "image");
    const std::string name = text_of(image);
    if (name.find("kubernetes-dashboard") != std::string::npos ||
        name.find("kubernetesui/dashboard") != std::string::npos)
      return writer.set("dashboard", "image", image);
  }
  if (has_label(object, pod, "app", "kubernetes-dashboard") ||
      has_label(object, pod, "k8s-app", "kubernetes-dashboard"))
    return writer.set("dashboard", "label", object.metadata);
  writer.unset("dashboard", "none");
}

/// Control plane pods carry both labels (kubeadm).
void write_system_use(Writer& writer, const Object& object, const Pod& pod) {
  if (object.space != "kube-system") return writer.unset("in-kube-system", "no");
  const Node labels = field(pod.parts.metadata, "labels");
  const bool is_core =
      text_of(field(labels, "tier")) == "control-plane" && field(labels, "component") != nullptr;
  writer.set("in-kube-system", is_core ? "control-plane" : "yes",
             field(object.metadata, "namespace"));
}

/// A pod that nothing makes again: static pods of a node have an owner or an annotation.
void write_owner(Writer& writer, const Object& object) {
  if (object.kind != "Pod") return;
  const Node owners = field(object.metadata, "ownerReferences");
  const Node annotations = field(object.metadata, "annotations");
  const Node mirror = field(annotations, "kubernetes.io/config.mirror");
  if (!items(owners).empty())
    writer.set("controller", text_of(field(items(owners).front().value, "kind")), owners);
  else if (mirror != nullptr)
    writer.set("controller", "Node", mirror);
  else
    writer.set("controller", "none", object.root);
}

}  // namespace

Pod read_pod(const PodTemplate& parts) {
  Pod pod;
  pod.parts = parts;
  pod.security = field(parts.spec, "securityContext");
  pod.annotations = field(parts.metadata, "annotations");
  pod.is_windows = text_of(field(parts.spec, {"os", "name"})) == "windows";
  for (const DataEntry& entry : items(field(parts.spec, "volumes")))
    if (const Node path = field(entry.value, {"hostPath", "path"}))
      if (const Node name = field(entry.value, "name")) pod.host_paths.emplace(name->text, path);
  return pod;
}

void write_pod(Writer& writer, const Object& object, const Pod& pod) {
  const Node spec = pod.parts.spec;
  for (const auto& [key, name] : {std::pair{"hostnetwork", "hostNetwork"},
                                  std::pair{"hostpid", "hostPID"}, std::pair{"hostipc", "hostIPC"}})
    writer.put(key, field(spec, name), "false");
  if (!pod.is_windows) writer.put("hostusers", field(spec, "hostUsers"), "true");
  {
    Writer::Rows rows(writer, "hostaliases");
    for (const DataEntry& entry : items(field(spec, "hostAliases")))
      rows.add(text_of(field(entry.value, "ip")), entry.value);
  }
  write_pod_security(writer, pod);
  write_volumes(writer, pod);
  const Node account = field(spec, "serviceAccountName");
  const Node old_account = field(spec, "serviceAccount");
  writer.put("serviceaccountname", account != nullptr ? account : old_account, "default");
  writer.put("serviceaccount", old_account, kNone);
  writer.put("priorityclassname", field(spec, "priorityClassName"), kNone);
  write_dashboard(writer, object, pod);
  write_system_use(writer, object, pod);
  write_owner(writer, object);
}

bool write_containers(Writer& writer, const Pod& pod) {
  using Kind = Container::Kind;
  struct List {
    std::string_view key, word;
    Kind kind;
  };
  constexpr std::array<List, 3> kLists = {
      List{"initContainers", "initcontainer", Kind::init},
      List{"containers", "container", Kind::ordinary},
      List{"ephemeralContainers", "ephemeralcontainer", Kind::ephemeral}};
  std::size_t count = 0;
  for (const List& list : kLists)
    for (const DataEntry& entry : items(field(pod.parts.spec, list.key))) {
      if (++count > kMostContainers) return false;
      const Node name = field(entry.value, "name");
      const std::string called = name != nullptr ? name_of(name) : '#' + std::to_string(count);
      Container container{entry.value, field(entry.value, "securityContext"), list.kind, called};
      // An init container that always restarts runs beside the others (a sidecar).
      if (list.kind == Kind::init && text_of(field(entry.value, "restartPolicy")) == "Always")
        container.kind = Kind::sidecar;
      Writer below = writer.below(std::string(list.word) + ' ' + called);
      write_container(below, pod, container);
    }
  return true;
}

}  // namespace plimsoll::kubernetes
