#include <algorithm>
#include <array>
#include <optional>

#include "plugins/container/kube-flags/manifest.h"
#include "plugins/container/kube-flags/program.h"
#include "scanner/base/text.h"

namespace plimsoll {
namespace {

constexpr std::array kFields = {
    Field{"cert-file", Type::text, "certificate shown to clients"},
    Field{"key-file", Type::text, "its key"},
    Field{"client-cert-auth", Type::boolean, "clients must show a certificate"},
    Field{"auto-tls", Type::boolean, "clients are shown a certificate that etcd makes up"},
    Field{"peer-cert-file", Type::text, "certificate shown to peers"},
    Field{"peer-key-file", Type::text, "its key"},
    Field{"peer-client-cert-auth", Type::boolean, "peers must show a certificate"},
    Field{"peer-auto-tls", Type::boolean, "peers are shown a certificate that etcd makes up"},
    Field{"trusted-ca-file", Type::text, "authority of client certificates"},
    Field{"data-dir", Type::text, "where the data lies"},
    Field{"@shares-cluster-ca", Type::boolean,
          "the API server of this node takes client certificates of the same authority"},
    Field{"@file", Type::text, "what starts it, and the files that its flags name"},
    Field{"@version", Type::version,
          "release, where the image or the path of the program tells it"},
};

constexpr std::array kDefaults = {
    kube::Default{"client-cert-auth", "false"},
    kube::Default{"auto-tls", "false"},
    kube::Default{"peer-client-cert-auth", "false"},
    kube::Default{"peer-auto-tls", "false"},
};

constexpr std::array<std::string_view, 2> kFiles = {"/etc/kubernetes/manifests/etcd.yaml",
                                                    "/etc/systemd/system/etcd.service"};

// etcd --help of 3.4 to 3.6.
constexpr std::string_view kBooleans =
    "debug enable-grpc-gateway enable-log-rotation enable-pprof enable-v2 "
    "experimental-compact-hash-check-enabled experimental-enable-distributed-tracing "
    "experimental-enable-lease-checkpoint experimental-enable-lease-checkpoint-persist "
    "experimental-initial-corrupt-check experimental-memory-mlock "
    "experimental-peer-skip-client-san-verification experimental-stop-grpc-service-on-defrag "
    "experimental-txn-mode-write-with-shared-buffer force-new-cluster "
    "initial-election-tick-advance memory-mlock pre-vote socket-reuse-address socket-reuse-port "
    "strict-reconfig-check unsafe-no-fsync version h help";
constexpr std::string_view kWithValue =
    "name wal-dir snapshot-count heartbeat-interval election-timeout listen-peer-urls "
    "listen-client-urls max-snapshots max-wals quota-backend-bytes backend-batch-interval "
    "backend-batch-limit max-txn-ops max-request-bytes max-concurrent-streams "
    "grpc-keepalive-min-time grpc-keepalive-interval grpc-keepalive-timeout "
    "initial-advertise-peer-urls initial-cluster initial-cluster-state initial-cluster-token "
    "advertise-client-urls discovery discovery-fallback discovery-proxy discovery-srv "
    "discovery-srv-name auto-compaction-retention auto-compaction-mode client-crl-file "
    "client-cert-allowed-hostname peer-trusted-ca-file peer-cert-allowed-cn "
    "peer-cert-allowed-hostname peer-crl-file cipher-suites tls-min-version tls-max-version cors "
    "host-whitelist auth-token auth-token-ttl bcrypt-cost metrics listen-metrics-urls logger "
    "log-outputs log-level log-format log-package-levels proxy config-file feature-gates";

kube::Takes takes(std::string_view name) {
  const kube::Takes known = kube::takes(kFields, kBooleans, name);
  return known == kube::Takes::unknown && is_one_of(name, kWithValue) ? kube::Takes::value : known;
}

constexpr std::array<std::string_view, 9> kInFile = {
    "cert-file",      "key-file",      "client-cert-auth",      "auto-tls",
    "peer-cert-file", "peer-key-file", "peer-client-cert-auth", "peer-auto-tls",
    "trusted-ca-file"};

/// A boolean of YAML 1.1 (`yes`, `on`); a text as it is.
std::string text_in_file(const std::string& key, const DataNode& value) {
  const auto boolean = takes(key) == kube::Takes::nothing ? value.as_bool() : std::nullopt;
  return boolean ? (*boolean ? "true" : "false") : std::string(value.text);
}

void take_section(kube::Run& run, const DataNode* section, const std::string& prefix,
                  const kube::NamedFile& file) {
  if (section == nullptr || !section->is_mapping()) return;
  for (const DataEntry& entry : section->entries) {
    if (entry.key == nullptr || !entry.value->is_scalar() || entry.value->is_null()) continue;
    const std::string key = prefix + std::string(entry.key->text);
    kube::replace(run.settings, key, text_in_file(key, *entry.value), file.at(*entry.value),
                  "the file sets it again");
  }
}

/// "Configuration options", Configuration file: with one, flags and variables are ignored.
void read_config(kube::Run& run) {
  if (kube::value_of(run.settings, "config-file").empty()) return;
  std::erase_if(run.settings, [](const auto& setting) { return setting.first != "config-file"; });
  const kube::NamedFile file = run.read_file("config-file", {kInFile.begin(), kInFile.end()});
  if (file.root == nullptr) return;
  take_section(run, file.root, "", file);
  // Outside of its section a setting of TLS is none.
  std::erase_if(run.settings, [](const auto& setting) {
    return std::find(kInFile.begin(), kInFile.end(), setting.first) != kInFile.end();
  });
  take_section(run, file.root->find("client-transport-security"), "", file);
  take_section(run, file.root->find("peer-transport-security"), "peer-", file);
}

constexpr std::string_view kServer = "kube-apiserver";

kube::Takes takes_of_server(std::string_view name) {
  return name == "client-ca-file" ? kube::Takes::value : kube::Takes::unknown;
}

/// The API servers beside this etcd: those of the manifest, else those of the node.
kube::Launches servers_of(const kube::Run& run) {
  kube::Launches servers;
  if (run.objects != nullptr) kube::add_containers(*run.objects, kServer, servers);
  const bool is_static_pod = run.launch.origin.file.starts_with("/etc/kubernetes/manifests/");
  const bool is_of_node = run.objects == nullptr || (servers.found.empty() && is_static_pod);
  return is_of_node ? kube::find_launches(run.root, kServer) : servers;
}

/// The last --client-ca-file of them, or empty.
std::string authority_of(const kube::Launches& servers) {
  std::string path;
  for (const kube::Launch& server : servers.found)
    for (const kube::Flag& flag :
         kube::parse_flags(server.arguments, kube::Dialect::pflag, takes_of_server).flags)
      if (flag.name == "client-ca-file") path = normal_path(flag.value);
  return path;
}

void compare_authorities(kube::Run& run) {
  const auto own = run.settings.find("trusted-ca-file");
  if (own == run.settings.end()) return;
  // Of a node the first etcd is compared; in a manifest the servers are looked for once.
  if (run.objects == nullptr && !run.launch.scope.empty()) return;
  std::optional<std::string> of_node;
  std::optional<std::string>& authority =
      run.objects == nullptr ? of_node : run.objects->server_authority;
  if (!authority) authority = authority_of(servers_of(run));
  if (authority->empty()) return;
  const std::string shares = normal_path(own->second.value) == *authority ? "true" : "false";
  kube::replace(run.settings, "@shares-cluster-ca", shares, own->second.origin, "");
}

/// Config.ClientSelfCert and PeerSelfCert of etcd: where it makes a certificate up, which it does
/// only where none is given, clients need not show one, whatever is asked for.
void apply_self_cert(kube::Run& run, const std::string& side) {
  kube::Settings& settings = run.settings;
  const bool has_own = !kube::value_of(settings, side + "cert-file").empty() ||
                       !kube::value_of(settings, side + "key-file").empty();
  const auto self = settings.find(side + "auto-tls");
  if (has_own || self == settings.end() || self->second.value != "true") return;
  const Origin origin = self->second.origin;
  const std::string key = side + "client-cert-auth";
  if (kube::value_of(settings, key) == "true")
    kube::replace(settings, key, "false", origin,
                  "with a certificate that etcd makes up no other is asked for");
}

void finish(kube::Run& run) {
  read_config(run);
  apply_self_cert(run, "");
  apply_self_cert(run, "peer-");
  compare_authorities(run);
}

constexpr kube::Program kProgram{
    .name = "etcd",
    .fields = kFields,
    .defaults = kDefaults,
    .dialect = kube::Dialect::go,
    .environment = "ETCD_",
    .takes = takes,
    .finish = finish,
};

}  // namespace

extern const Probe etcd_probe;
const Probe etcd_probe{
    .name = "etcd",
    .group = "container",
    .summary = "flags, variables and configuration file of the etcd of a node",
    .semantics = "Configuration options of the etcd documentation",
    .shape = Shape::settings,
    .fields = kFields,
    .read = kube::read_program_of<kProgram>,
    .files = kFiles,
    .documents = kube::claim_of<kProgram>("manifest that starts etcd"),
};

}  // namespace plimsoll
