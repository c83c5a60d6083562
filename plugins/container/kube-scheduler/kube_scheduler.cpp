#include <array>
#include <utility>

#include "plugins/container/kube-flags/program.h"

namespace plimsoll {
namespace {

constexpr std::array kFields = {
    Field{"profiling", Type::boolean,
          "/debug/pprof is served; `enableProfiling` of the file where --config is given"},
    Field{"bind-address", Type::text, "address of the endpoint with metrics and health"},
    Field{"@file", Type::text, "what starts it, and the files that its flags name"},
    Field{"@version", Type::version,
          "release, where the image or the path of the program tells it"},
};

constexpr std::array kDefaults = {
    kube::Default{"profiling", "true"},
    kube::Default{"bind-address", "0.0.0.0"},
};

constexpr std::array<std::string_view, 1> kFiles = {
    "/etc/kubernetes/manifests/kube-scheduler.yaml"};

constexpr std::array<std::string_view, 1> kKinds = {"KubeSchedulerConfiguration"};

kube::Takes takes(std::string_view name) {
  return kube::takes(
      kFields,
      "contention-profiling leader-elect permit-address-sharing permit-port-sharing logtostderr "
      "alsologtostderr authentication-skip-lookup authentication-tolerate-lookup-failure version "
      "h help",
      name);
}

void put_profiling(const DataNode& root, const kube::Place& place, kube::Settings& settings) {
  const DataNode* enabled = root.find("enableProfiling");
  if (enabled == nullptr || enabled->is_null())
    settings["profiling"] = {"true", {}, {}};
  else
    settings["profiling"] = {
        enabled->as_bool() ? (*enabled->as_bool() ? "true" : "false") : std::string(enabled->text),
        place.at(*enabled),
        {}};
}

/// With --config the flag --profiling is ignored, whether the file speaks of it or not.
void read_config(kube::Run& run) { run.take_from_config("profiling", put_profiling); }

void take_object(kube::Run& run, const kube::Object& object) {
  put_profiling(*object.root, object.place, run.settings);
}

constexpr kube::Program kProgram{
    .name = "kube-scheduler",
    .fields = kFields,
    .defaults = kDefaults,
    .takes = takes,
    .finish = read_config,
    .kinds = kKinds,
    .take_object = take_object,
};

}  // namespace

extern const Probe kube_scheduler_probe;
const Probe kube_scheduler_probe{
    .name = "kube-scheduler",
    .group = "container",
    .summary = "flags of the scheduler of a control plane node, and profiling of its file",
    .semantics = "kube-scheduler of the Kubernetes reference; KubeSchedulerConfiguration",
    .shape = Shape::settings,
    .fields = kFields,
    .read = kube::read_program_of<kProgram>,
    .files = kFiles,
    .documents = kube::claim_of<kProgram>("manifest that starts kube-scheduler"),
};

}  // namespace plimsoll
