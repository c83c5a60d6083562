#include <algorithm>
#include <array>
#include <utility>

#include "plugins/container/kube-flags/program.h"
#include "scanner/base/text.h"

namespace plimsoll {
namespace {

constexpr std::array kFields = {
    Field{"anonymous-auth", Type::boolean, "requests without credentials are let in as a user"},
    Field{"token-auth-file", Type::text, "a file of static bearer tokens"},
    Field{"basic-auth-file", Type::text, "a file of static passwords; until 1.18"},
    Field{"enable-admission-plugins", Type::set, "plugins besides those that are on by default"},
    Field{"disable-admission-plugins", Type::set, "plugins of the default ones that are off"},
    Field{"kubelet-https", Type::boolean, "TLS towards kubelets; until 1.21"},
    Field{"kubelet-client-certificate", Type::text, "certificate shown to kubelets"},
    Field{"kubelet-client-key", Type::text, "its key"},
    Field{"kubelet-certificate-authority", Type::text, "verifies kubelets"},
    Field{"authorization-mode", Type::list,
          "authorisers in order; those of --authorization-config where that is given"},
    Field{"insecure-bind-address", Type::text, "address without TLS and authentication; to 1.23"},
    Field{"insecure-port", Type::integer, "its port; until 1.23"},
    Field{"secure-port", Type::integer, "port with TLS"},
    Field{"profiling", Type::boolean, "/debug/pprof is served"},
    Field{"audit-log-path", Type::text, "where the audit log goes"},
    Field{"audit-log-maxage", Type::integer, "days that a rotated audit log is kept"},
    Field{"audit-log-maxbackup", Type::integer, "rotated audit logs that are kept"},
    Field{"audit-log-maxsize", Type::integer, "MiB at which the audit log is rotated"},
    Field{"audit-policy-file", Type::text, "what is audited"},
    Field{"request-timeout", Type::duration, "longest time of an ordinary request"},
    Field{"service-account-lookup", Type::boolean, "tokens of deleted accounts are refused"},
    Field{"service-account-key-file", Type::list, "keys that verify service account tokens"},
    Field{"service-account-extend-token-expiration", Type::boolean, "tokens are good for a year"},
    Field{"etcd-certfile", Type::text, "certificate shown to etcd"},
    Field{"etcd-keyfile", Type::text, "its key"},
    Field{"etcd-cafile", Type::text, "verifies etcd"},
    Field{"tls-cert-file", Type::text, "serving certificate"},
    Field{"tls-private-key-file", Type::text, "its key"},
    Field{"tls-cipher-suites", Type::set, "suites of TLS 1.2"},
    Field{"tls-min-version", Type::text, "oldest TLS version"},
    Field{"client-ca-file", Type::text, "authority of client certificates"},
    Field{"encryption-provider-config", Type::text, "file that says how secrets are stored"},
    Field{"@encryption-provider", Type::text,
          "what secrets are written with: the first provider of their entry in that file"},
    Field{"admission-control", Type::list, "the old flag: all plugins that are on"},
    Field{"@file", Type::text, "what starts it, and the files that its flags name"},
    Field{"@version", Type::version,
          "release, where the image or the path of the program tells it"},
};

// kube-apiserver(1) of the Kubernetes reference.
constexpr std::array kDefaults = {
    kube::Default{"anonymous-auth", "true"},
    kube::Default{"authorization-mode", "AlwaysAllow"},
    kube::Default{"secure-port", "6443"},
    kube::Default{"profiling", "true"},
    kube::Default{"audit-log-maxage", "0"},
    kube::Default{"audit-log-maxbackup", "0"},
    kube::Default{"audit-log-maxsize", "0"},
    kube::Default{"request-timeout", "1m0s"},
    kube::Default{"service-account-lookup", "true"},
    kube::Default{"service-account-extend-token-expiration", "true"},
    kube::Default{"tls-min-version", "VersionTLS12"},
};

constexpr std::array<std::string_view, 2> kFiles = {"/etc/kubernetes/manifests/kube-apiserver.yaml",
                                                    "/etc/systemd/system/kube-apiserver.service"};

constexpr std::array<std::string_view, 2> kKinds = {"EncryptionConfiguration", "EncryptionConfig"};

kube::Takes takes(std::string_view name) {
  return kube::takes(
      kFields,
      "allow-privileged aggregator-reject-forwarding-redirects audit-log-compress "
      "audit-log-truncate-enabled audit-webhook-truncate-enabled contention-profiling "
      "enable-aggregator-routing enable-bootstrap-token-auth "
      "enable-garbage-collector enable-logs-handler enable-priority-and-fairness "
      "enable-swagger-ui encryption-provider-config-automatic-reload "
      "logtostderr permit-address-sharing permit-port-sharing repair-malformed-updates "
      "alsologtostderr watch-cache coordinated-leader-election debug-socket-enabled "
      "emulation-forward-compatible peer-ca-enabled runtime-config-emulation-forward-compatible "
      "version h help",
      name);
}

/// Whether anonymous requests are let in is told by the file where it speaks of them.
void read_authentication(kube::Run& run) {
  const kube::NamedFile file = run.read_file("authentication-config", {"anonymous-auth"});
  const DataNode* enabled =
      file.root == nullptr ? nullptr : file.root->find({"anonymous", "enabled"});
  if (enabled != nullptr && enabled->as_bool())
    kube::replace(run.settings, "anonymous-auth", *enabled->as_bool() ? "true" : "false",
                  file.at(*enabled), "the file of --authentication-config decides");
}

void read_authorization(kube::Run& run) {
  const kube::NamedFile file = run.read_file("authorization-config", {"authorization-mode"});
  const DataNode* list = file.root == nullptr ? nullptr : file.root->find("authorizers");
  if (list == nullptr || !list->is_sequence()) return;
  std::vector<std::string> modes;
  for (const DataEntry& entry : list->entries)
    if (const DataNode* type = entry.value->find("type")) modes.emplace_back(type->text);
  kube::replace(run.settings, "authorization-mode", join(modes, ","), file.at(*list),
                "the file of --authorization-config decides");
}

/// Whether an entry of EncryptionConfiguration is about secrets.
bool covers_secrets(const DataNode& entry) {
  const DataNode* names = entry.find("resources");
  if (names == nullptr || !names->is_sequence()) return false;
  return std::any_of(names->entries.begin(), names->entries.end(), [](const DataEntry& name) {
    return is_one_of(name.value->text, "secrets *. *.*");
  });
}

/// "Encrypting Confidential Data at Rest": the first entry that is about a resource counts, and
/// what is written is written with its first provider. Nothing about secrets leaves them in clear.
void put_provider(const DataNode& root, const kube::Place& place, kube::Settings& settings) {
  std::string name = "identity";
  Origin origin = place.at(root);
  const DataNode* entries = root.find("resources");
  if (entries != nullptr && entries->is_sequence())
    for (const DataEntry& entry : entries->entries) {
      if (!covers_secrets(*entry.value)) continue;
      const DataNode* providers = entry.value->find("providers");
      const bool has_any =
          providers != nullptr && providers->is_sequence() && !providers->entries.empty();
      const DataNode& first = has_any ? *providers->entries.front().value : *entry.value;
      origin = place.at(first);
      if (has_any && first.is_mapping() && !first.entries.empty() &&
          first.entries[0].key != nullptr)
        name = first.entries[0].key->text;
      break;
    }
  kube::replace(settings, "@encryption-provider", std::move(name), std::move(origin), "");
}

void read_encryption(kube::Run& run) {
  const kube::NamedFile file =
      run.read_file("encryption-provider-config", {"@encryption-provider"});
  if (file.root != nullptr) put_provider(*file.root, file.place, run.settings);
}

/// The old --admission-control lists all plugins that are on, those on by default as well.
void read_admission(kube::Run& run) {
  const auto found = run.settings.find("admission-control");
  if (found == run.settings.end() || found->second.value.empty()) return;
  const std::string listed = found->second.value;
  const Origin origin = found->second.origin;
  const auto plugins = split(listed, ',');
  std::vector<std::string> off;
  for (const std::string_view name : {"NamespaceLifecycle", "ServiceAccount"})
    if (std::find(plugins.begin(), plugins.end(), name) == plugins.end()) off.emplace_back(name);
  kube::replace(run.settings, "enable-admission-plugins", listed, origin, "");
  if (!off.empty())
    kube::replace(run.settings, "disable-admission-plugins", join(off, ","), origin, "");
}

/// Until 1.19 the port without TLS is open unless it is turned off.
void put_insecure_port(kube::Run& run) {
  const std::string& version = run.launch.version;
  if (version.empty() || compare_versions(version, "1.20") >= 0) return;
  if (!run.settings.contains("insecure-port"))
    run.facts.setting("insecure-port", "8080", {}, run.launch.scope);
}

void finish(kube::Run& run) {
  read_authentication(run);
  read_authorization(run);
  read_encryption(run);
  read_admission(run);
  put_insecure_port(run);
}

void take_object(kube::Run& run, const kube::Object& object) {
  put_provider(*object.root, object.place, run.settings);
}

constexpr kube::Program kProgram{
    .name = "kube-apiserver",
    .fields = kFields,
    .defaults = kDefaults,
    .takes = takes,
    .finish = finish,
    .kinds = kKinds,
    .take_object = take_object,
};

}  // namespace

extern const Probe kube_apiserver_probe;
const Probe kube_apiserver_probe{
    .name = "kube-apiserver",
    .group = "container",
    .summary = "flags of the API server of a control plane node, and the files that they name",
    .semantics =
        "kube-apiserver of the Kubernetes reference; EncryptionConfiguration, "
        "AuthorizationConfiguration, AuthenticationConfiguration",
    .shape = Shape::settings,
    .fields = kFields,
    .read = kube::read_program_of<kProgram>,
    .files = kFiles,
    .documents = kube::claim_of<kProgram>("manifest that starts kube-apiserver"),
};

}  // namespace plimsoll
