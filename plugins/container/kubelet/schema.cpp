#include "plugins/container/kubelet/schema.h"

#include <algorithm>
#include <array>

#include "scanner/base/text.h"

namespace plimsoll::kubelet {
namespace {

constexpr std::array kFields = {
    Field{"authentication.anonymous.enabled", Type::boolean, "requests without credentials pass"},
    Field{"authentication.webhook.enabled", Type::boolean, "bearer tokens are checked"},
    Field{"authentication.x509.clientcafile", Type::text, "authority of client certificates"},
    Field{"authorization.mode", Type::text, "AlwaysAllow or Webhook"},
    Field{"readonlyport", Type::integer, "port without authentication; 0 is none"},
    Field{"streamingconnectionidletimeout", Type::duration, "0 keeps idle connections open"},
    Field{"protectkerneldefaults", Type::boolean, "refuses to start rather than set the kernel up"},
    Field{"makeiptablesutilchains", Type::boolean, "manages the chains of iptables"},
    Field{"eventrecordqps", Type::integer, "events a second that are recorded; 0 has no bound"},
    Field{"tlscertfile", Type::text, "serving certificate"},
    Field{"tlsprivatekeyfile", Type::text, "its key"},
    Field{"tlsciphersuites", Type::set, "suites of TLS 1.2"},
    Field{"servertlsbootstrap", Type::boolean, "asks the cluster for its serving certificate"},
    Field{"rotatecertificates", Type::boolean, "renews its client certificate"},
    Field{"podpidslimit", Type::integer, "processes of a pod; -1 has no bound"},
    Field{"seccompdefault", Type::boolean, "pods get the seccomp profile of the runtime"},
    Field{"enabledebugginghandlers", Type::boolean, "exec, logs and port forwarding are served"},
    Field{"enableprofilinghandler", Type::boolean, "/debug/pprof is served"},
    Field{"featuregates.rotatekubeletservercertificate", Type::boolean,
          "renews its serving certificate"},
    Field{"hostname-override", Type::text, "a flag alone: the name in place of the host's"},
    Field{"tlsminversion", Type::text, "oldest TLS version"},
    Field{"@file", Type::text, "what starts it, then its configuration in the order of reading"},
    Field{"@version", Type::version,
          "release, where the image or the path of the program tells it"},
};

// kubelet of the Kubernetes reference, and "Kubelet Configuration (v1beta1)".
constexpr std::array kDefaults = {
    DefaultPair{"authentication.anonymous.enabled", "true", "false"},
    DefaultPair{"authentication.webhook.enabled", "false", "true"},
    DefaultPair{"authorization.mode", "AlwaysAllow", "Webhook"},
    DefaultPair{"readonlyport", "10255", "0"},
    DefaultPair{"streamingconnectionidletimeout", "4h0m0s", "4h0m0s"},
    DefaultPair{"protectkerneldefaults", "false", "false"},
    DefaultPair{"makeiptablesutilchains", "true", "true"},
    DefaultPair{"eventrecordqps", "50", "50"},
    DefaultPair{"servertlsbootstrap", "false", "false"},
    DefaultPair{"rotatecertificates", "false", "false"},
    DefaultPair{"podpidslimit", "-1", "-1"},
    DefaultPair{"seccompdefault", "false", "false"},
    DefaultPair{"enabledebugginghandlers", "true", "true"},
    DefaultPair{"enableprofilinghandler", "true", "true"},
    DefaultPair{"featuregates.rotatekubeletservercertificate", "true", "true"},
};

struct Pair {
  std::string_view flag, path;
};

// Flags that fill a field of the configuration file, and the field.
constexpr std::array kFlags = {
    Pair{"address", "address"},
    Pair{"anonymous-auth", "authentication.anonymous.enabled"},
    Pair{"authentication-token-webhook", "authentication.webhook.enabled"},
    Pair{"authentication-token-webhook-cache-ttl", "authentication.webhook.cacheTTL"},
    Pair{"authorization-mode", "authorization.mode"},
    Pair{"authorization-webhook-cache-authorized-ttl", "authorization.webhook.cacheAuthorizedTTL"},
    Pair{"authorization-webhook-cache-unauthorized-ttl",
         "authorization.webhook.cacheUnauthorizedTTL"},
    Pair{"cgroup-driver", "cgroupDriver"},
    Pair{"client-ca-file", "authentication.x509.clientCAFile"},
    Pair{"cluster-dns", "clusterDNS"},
    Pair{"cluster-domain", "clusterDomain"},
    Pair{"container-log-max-files", "containerLogMaxFiles"},
    Pair{"container-log-max-size", "containerLogMaxSize"},
    Pair{"contention-profiling", "enableContentionProfiling"},
    Pair{"enable-debugging-handlers", "enableDebuggingHandlers"},
    Pair{"enable-server", "enableServer"},
    Pair{"event-burst", "eventBurst"},
    Pair{"event-qps", "eventRecordQPS"},
    Pair{"fail-swap-on", "failSwapOn"},
    Pair{"healthz-bind-address", "healthzBindAddress"},
    Pair{"healthz-port", "healthzPort"},
    Pair{"make-iptables-util-chains", "makeIPTablesUtilChains"},
    Pair{"manifest-url", "staticPodURL"},
    Pair{"max-pods", "maxPods"},
    Pair{"pod-manifest-path", "staticPodPath"},
    Pair{"pod-max-pids", "podPidsLimit"},
    Pair{"port", "port"},
    Pair{"protect-kernel-defaults", "protectKernelDefaults"},
    Pair{"read-only-port", "readOnlyPort"},
    Pair{"rotate-certificates", "rotateCertificates"},
    Pair{"rotate-server-certificates", "serverTLSBootstrap"},
    Pair{"seccomp-default", "seccompDefault"},
    Pair{"streaming-connection-idle-timeout", "streamingConnectionIdleTimeout"},
    Pair{"tls-cert-file", "tlsCertFile"},
    Pair{"tls-cipher-suites", "tlsCipherSuites"},
    Pair{"tls-min-version", "tlsMinVersion"},
    Pair{"tls-private-key-file", "tlsPrivateKeyFile"},
};

constexpr std::string_view kBooleans =
    "anonymous-auth authentication-token-webhook cgroups-per-qos contention-profiling "
    "cpu-cfs-quota enable-controller-attach-detach enable-debugging-handlers enable-server "
    "exit-on-lock-contention fail-cgroup-v1 fail-swap-on "
    "kernel-memcg-notification keep-terminated-pod-volumes local-storage-capacity-isolation "
    "logtostderr alsologtostderr make-iptables-util-chains protect-kernel-defaults "
    "register-node register-schedulable rotate-certificates rotate-server-certificates runonce "
    "seccomp-default serialize-image-pulls version h help "
    "allow-privileged";

constexpr std::string_view kWithValue =
    "address port config config-dir feature-gates hostname-override kubeconfig "
    "bootstrap-kubeconfig "
    "node-labels node-ip root-dir container-runtime-endpoint cert-dir v vmodule "
    "resolv-conf register-with-taints system-reserved kube-reserved eviction-hard";

}  // namespace

const std::span<const Field> kSchema = kFields;

std::span<const DefaultPair> defaults() { return kDefaults; }

std::string_view key_of_flag(std::string_view flag) {
  const auto found = std::find_if(kFlags.begin(), kFlags.end(),
                                  [&](const Pair& pair) { return pair.flag == flag; });
  return found == kFlags.end() ? flag : found->path;
}

kube::Takes takes(std::string_view flag) {
  if (is_one_of(flag, kBooleans)) return kube::Takes::nothing;
  const bool is_known = key_of_flag(flag) != flag || is_one_of(flag, kWithValue);
  return is_known ? kube::Takes::value : kube::Takes::unknown;
}

const Field* field_of(std::string_view key) {
  const auto found = std::find_if(kFields.begin(), kFields.end(),
                                  [&](const Field& field) { return field.name == key; });
  return found == kFields.end() ? nullptr : &*found;
}

std::vector<std::string_view> keys_but(const kube::Settings& settings) {
  std::vector<std::string_view> out;
  for (const Field& field : kFields)
    if (!settings.contains(field.name) && !field.name.starts_with('@') &&
        field.name != "hostname-override")
      out.push_back(field.name);
  return out;
}

bool is_spelled_right(std::string_view path) {
  constexpr std::array<std::string_view, 1> kWithoutFlag = {"enableProfilingHandler"};
  const auto differs = [&](std::string_view known) {
    return iequals(path, known) && path != known;
  };
  return std::none_of(kFlags.begin(), kFlags.end(),
                      [&](const Pair& pair) { return differs(pair.path); }) &&
         std::none_of(kWithoutFlag.begin(), kWithoutFlag.end(), differs);
}

}  // namespace plimsoll::kubelet
