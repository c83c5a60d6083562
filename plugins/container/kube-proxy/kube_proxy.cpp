#include <array>
#include <utility>

#include "plugins/container/kube-flags/program.h"

namespace plimsoll {
namespace {

constexpr std::array kFields = {
    Field{"metrics-bind-address", Type::text,
          "address of metrics; `metricsBindAddress` of the file where --config is given"},
    Field{"@file", Type::text, "what starts it, and the files that its flags name"},
    Field{"@version", Type::version,
          "release, where the image or the path of the program tells it"},
};

constexpr std::array kDefaults = {kube::Default{"metrics-bind-address", "127.0.0.1:10249"}};

constexpr std::array<std::string_view, 1> kFiles = {"/etc/kubernetes/manifests/kube-proxy.yaml"};

constexpr std::array<std::string_view, 1> kKinds = {"KubeProxyConfiguration"};

kube::Takes takes(std::string_view name) {
  return kube::takes(
      kFields,
      "bind-address-hard-fail cleanup init-only iptables-localhost-nodeports "
      "ipvs-strict-arp masquerade-all profiling logtostderr alsologtostderr version h help",
      name);
}

void put_address(const DataNode& root, const kube::Place& place, kube::Settings& settings) {
  const DataNode* address = root.find("metricsBindAddress");
  if (address != nullptr && address->is_scalar() && !address->is_null() && !address->text.empty())
    settings["metrics-bind-address"] = {std::string(address->text), place.at(*address), {}};
  else
    settings["metrics-bind-address"] = {"127.0.0.1:10249", {}, {}};
}

/// With --config the file alone counts.
void read_config(kube::Run& run) { run.take_from_config("metrics-bind-address", put_address); }

void take_object(kube::Run& run, const kube::Object& object) {
  put_address(*object.root, object.place, run.settings);
}

constexpr kube::Program kProgram{
    .name = "kube-proxy",
    .fields = kFields,
    .defaults = kDefaults,
    .takes = takes,
    .finish = read_config,
    .kinds = kKinds,
    .take_object = take_object,
};

}  // namespace

extern const Probe kube_proxy_probe;
const Probe kube_proxy_probe{
    .name = "kube-proxy",
    .group = "container",
    .summary = "flags of a kube-proxy that a node starts itself, and the address of its metrics",
    .semantics = "kube-proxy of the Kubernetes reference; KubeProxyConfiguration",
    .shape = Shape::settings,
    .fields = kFields,
    .read = kube::read_program_of<kProgram>,
    .files = kFiles,
    .documents = kube::claim_of<kProgram>("manifest that starts kube-proxy"),
};

}  // namespace plimsoll
