#include <fmt/format.h>

#include <array>

#include "plugins/container/kube-flags/program.h"

namespace plimsoll {
namespace {

constexpr std::array kFields = {
    Field{"terminated-pod-gc-threshold", Type::integer, "dead pods beyond this number are deleted"},
    Field{"profiling", Type::boolean, "/debug/pprof is served"},
    Field{"use-service-account-credentials", Type::boolean, "each controller has its own account"},
    Field{"service-account-private-key-file", Type::text, "signs service account tokens"},
    Field{"root-ca-file", Type::text, "authority that is handed to pods with their tokens"},
    Field{"feature-gates", Type::set, "`NAME=true` and `NAME=false`"},
    Field{"bind-address", Type::text, "address of the endpoint with metrics and health"},
    Field{"@file", Type::text, "what starts it, and the files that its flags name"},
    Field{"@version", Type::version,
          "release, where the image or the path of the program tells it"},
};

constexpr std::array kDefaults = {
    kube::Default{"terminated-pod-gc-threshold", "12500"},
    kube::Default{"profiling", "true"},
    kube::Default{"use-service-account-credentials", "false"},
    kube::Default{"bind-address", "0.0.0.0"},
};

constexpr std::array<std::string_view, 1> kFiles = {
    "/etc/kubernetes/manifests/kube-controller-manager.yaml"};

kube::Takes takes(std::string_view name) {
  return kube::takes(
      kFields,
      "allocate-node-cidrs configure-cloud-routes "
      "contention-profiling enable-dynamic-provisioning enable-garbage-collector "
      "enable-hostpath-provisioner enable-leader-migration external-cloud-volume-plugin "
      "leader-elect permit-address-sharing permit-port-sharing logtostderr alsologtostderr "
      "authentication-skip-lookup authentication-tolerate-lookup-failure version h help",
      name);
}

/// A gate that is beta follows AllBeta where nothing speaks of it.
void apply_all_beta(kube::Run& run) {
  const auto gates = run.settings.find("feature-gates");
  if (gates == run.settings.end()) return;
  constexpr std::string_view kRotate = "RotateKubeletServerCertificate";
  if (kube::gate_state(gates->second.value, kRotate).value_or(true)) return;
  const Origin origin = gates->second.origin;
  kube::append(run.settings, "feature-gates", fmt::format("{}=false", kRotate), origin);
}

constexpr kube::Program kProgram{
    .name = "kube-controller-manager",
    .fields = kFields,
    .defaults = kDefaults,
    .takes = takes,
    .finish = apply_all_beta,
};

}  // namespace

extern const Probe kube_controller_manager_probe;
const Probe kube_controller_manager_probe{
    .name = "kube-controller-manager",
    .group = "container",
    .summary = "flags of the controller manager of a control plane node",
    .semantics = "kube-controller-manager of the Kubernetes reference",
    .shape = Shape::settings,
    .fields = kFields,
    .read = kube::read_program_of<kProgram>,
    .files = kFiles,
    .documents = kube::claim_of<kProgram>("manifest that starts kube-controller-manager"),
};

}  // namespace plimsoll
