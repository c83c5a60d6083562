#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "plugins/container/kube-flags/program.h"
#include "plugins/container/kubelet/config.h"
#include "plugins/container/kubelet/schema.h"
#include "scanner/base/text.h"

namespace plimsoll {
namespace {

using kube::Settings;

constexpr std::array<std::string_view, 2> kFiles = {"/var/lib/kubelet/config.yaml",
                                                    "/etc/systemd/system/kubelet.service"};

// Where installers put the file: kubeadm, EKS, others. It stands for the kubelet where no unit is
// there to say how it is started.
constexpr std::array<std::string_view, 4> kUsualFiles = {
    "/var/lib/kubelet/config.yaml", "/etc/kubernetes/kubelet/kubelet-config.json",
    "/etc/kubernetes/kubelet/config.json", "/etc/kubernetes/kubelet-config.yaml"};

constexpr std::string_view kName = "kubelet";
constexpr std::array<std::string_view, 1> kKinds = {"KubeletConfiguration"};
constexpr std::array<std::string_view, 2> kKindsAndGroup = {"KubeletConfiguration",
                                                            "kubelet.config.k8s.io/"};
const std::string kRotate = "featuregates.rotatekubeletservercertificate";

/// `--feature-gates=A=true,B=false`: one setting a gate.
void take_gates(const kube::Flag& flag, Settings& flags) {
  for (const std::string_view gate : split(flag.value, ',')) {
    const auto equals = gate.find('=');
    if (equals == std::string_view::npos) continue;
    kube::replace(flags, "featuregates." + lower(trim(gate.substr(0, equals))),
                  kube::canonical_boolean(trim(gate.substr(equals + 1))), flag.origin,
                  "the flag is given again");
  }
}

Settings flags_of(std::vector<kube::Flag> given) {
  Settings flags;
  for (kube::Flag& flag : given) {
    const std::string key = lower(kubelet::key_of_flag(flag.name));
    if (flag.name == "feature-gates")
      take_gates(flag, flags);
    else if (flag.name == "tls-cipher-suites" || flag.name == "cluster-dns")
      kube::append(flags, key, flag.value, flag.origin);
    else
      kube::replace(flags, key, std::move(flag.value), flag.origin, "the flag is given again");
  }
  return flags;
}

/// A zero duration of the file is no value, so the default stands; a flag of zero is one.
void drop_zero_timeout(Settings& settings) {
  const auto found = settings.find("streamingconnectionidletimeout");
  if (found == settings.end() ||
      found->second.value.find_first_of("123456789") != std::string::npos)
    return;
  kube::replace(settings, found->first, "4h0m0s", {},
                "zero in the file is as if it were not written");
}

/// AllBeta speaks for a gate that is beta where nothing speaks of the gate itself.
void apply_all_beta(Settings& settings) {
  const auto all = settings.find("featuregates.allbeta");
  if (all != settings.end() && !settings.contains(kRotate)) settings.emplace(kRotate, all->second);
}

/// What a kubelet is configured with before defaults are filled in.
struct Kubelet {
  std::string scope;
  std::string file;  ///< what starts it; empty: nothing known
  Origin origin;
  std::string version;
  Settings settings;
  std::vector<std::string> files;
  bool has_file = false;  ///< defaults are those of the configuration file
  bool has_defaults = true;
};

void emit(Kubelet kubelet, Facts& facts) {
  const std::string& scope = kubelet.scope;
  if (!kubelet.file.empty()) facts.setting("@file", kubelet.file, kubelet.origin, scope);
  for (const std::string& file : kubelet.files) facts.setting("@file", file, {file}, scope);
  if (!kubelet.version.empty()) facts.setting("@version", kubelet.version, kubelet.origin, scope);
  apply_all_beta(kubelet.settings);
  kube::drop_empty(kubelet.settings, kubelet::kSchema);
  for (auto& [key, setting] : kubelet.settings)
    facts.setting(key, setting.value, setting.origin, scope).shadowed = std::move(setting.shadowed);
  if (!kubelet.has_defaults) return;
  for (const kubelet::DefaultPair& pair : kubelet::defaults())
    if (!kubelet.settings.contains(pair.key))
      facts.setting(std::string(pair.key),
                    std::string(kubelet.has_file ? pair.of_file : pair.of_flags), {}, scope);
}

/// Whether the tree is that of a node, so that paths are those of its files.
bool is_of_node(const Request& request) {
  return request.document == nullptr || kube::is_unit(request.document->path, kName);
}

/// Words that nobody can tell, and words that the kubelet refuses. The fields of the schema are
/// named by their keys.
void note_unknown(const kube::Launch& launch, const kube::CommandLine& line, Facts& facts) {
  kube::note_doubts(launch, line, {}, kName, facts);
  for (const kube::Flag& flag : line.flags) {
    const Field* field = kubelet::field_of(lower(kubelet::key_of_flag(flag.name)));
    if (flag.open && field != nullptr)
      facts.gap({ErrorCode::unsupported, fmt::format("the value of --{} is not known", flag.name),
                 flag.origin},
                launch.scope, Gap::Effect::may_override, {field->name});
  }
}

void add_launch(const Request& request, const kube::Launch& launch, kube::Objects& objects,
                Facts& facts) {
  kube::CommandLine line =
      kube::parse_flags(launch.arguments, kube::Dialect::pflag, kubelet::takes);
  if (kube::only_speaks(line)) return;
  for (kube::Flag& flag : line.flags)
    if (kubelet::takes(flag.name) == kube::Takes::nothing)
      flag.value = kube::canonical_boolean(flag.value);
  note_unknown(launch, line, facts);
  Settings flags = flags_of(std::move(line.flags));
  const std::string file(kube::value_of(flags, "config"));
  const std::string directory(kube::value_of(flags, "config-dir"));
  kubelet::Config config;
  kube::Object* object =
      file.empty() ? nullptr : kube::find_embedded(objects, launch.config_maps, file);
  const bool is_elsewhere =
      !is_of_node(request) && object == nullptr && !file.empty() && !request.root.exists(file);
  if (object != nullptr) {
    object->used = true;
    kubelet::take_configuration(*object->root, object->place, config);
  } else if (is_elsewhere) {
    facts.gap({ErrorCode::not_found, "the file of --config is not here: " + file,
               flags.find("config")->second.origin},
              launch.scope, Gap::Effect::may_override, kubelet::keys_but(flags));
  } else {
    config = kubelet::read_config(request.root, file, directory);
  }
  drop_zero_timeout(config.settings);
  for (Error& error : config.errors) facts.gap(std::move(error), launch.scope);
  Settings settings = std::move(config.settings);
  kube::put_over(settings, std::move(flags), "a flag beats the configuration file");
  emit({launch.scope, launch.origin.file, launch.origin, launch.version, std::move(settings),
        std::move(config.files), !file.empty(), !config.is_missing},
       facts);
}

/// A configuration that stands by itself: what a kubelet that is given it, and no flags, has.
void add_configuration(const kube::Object& object, Facts& facts) {
  kubelet::Config config;
  kubelet::take_configuration(*object.root, object.place, config);
  drop_zero_timeout(config.settings);
  for (Error& error : config.errors) facts.gap(std::move(error), object.scope);
  emit({object.scope,
        object.place.file,
        object.place.at(*object.root),
        {},
        std::move(config.settings),
        {},
        true,
        true},
       facts);
}

/// The unit of this tree that reads the file with flags of its own; empty: none.
std::string reader_of(const Root& root, std::string_view path) {
  const kube::Launches launches = kube::find_launches(root, kName);
  for (const kube::Launch& launch : launches.found) {
    const Settings flags =
        flags_of(kube::parse_flags(launch.arguments, kube::Dialect::pflag, kubelet::takes).flags);
    const std::string_view file = kube::value_of(flags, "config");
    if (!file.empty() && normal_path(file) == path) return launch.origin.file;
  }
  return {};
}

Facts read_document(const Request& request) {
  Facts facts;
  kube::Objects objects;
  const std::string_view path = request.document->path;
  const kube::Launches launches = kube::launches_of(request, kName, objects, kKinds, facts);
  for (const Error& error : launches.errors) facts.gap(error);
  for (const kube::Launch& launch : launches.found)
    if (kube::has_room(facts, launch.origin)) add_launch(request, launch, objects, facts);
  std::optional<std::string> reader;  // of the file, not of what a ConfigMap in it holds
  for (const kube::Object& object : objects.found) {
    if (object.used || object.kind != kKinds[0]) continue;
    if (object.key.empty() && !reader) reader = reader_of(request.root, path);
    if (object.key.empty() && !reader->empty())
      facts.not_applicable = fmt::format("{} is read together with {}", path, *reader);
    else if (kube::has_room(facts, object.place.at(*object.root)))
      add_configuration(object, facts);
  }
  if (!facts.rows.empty() || !facts.gaps.empty())
    facts.not_applicable.clear();
  else if (facts.not_applicable.empty())
    facts.not_applicable = fmt::format("{} starts no kubelet", path);
  return facts;
}

Facts read_kubelet(const Request& request) {
  if (request.document != nullptr) return read_document(request);
  Facts facts;
  kube::Objects none;
  const kube::Launches launches = kube::find_launches(request.root, kName);
  for (const Error& error : launches.errors) facts.gap(error);
  for (const kube::Launch& launch : launches.found) add_launch(request, launch, none, facts);
  if (!launches.found.empty() || !launches.errors.empty()) return facts;
  const auto usual =
      std::find_if(kUsualFiles.begin(), kUsualFiles.end(), [&](std::string_view path) {
        const auto stat = request.root.lstat(path);
        return stat || stat.error().code != ErrorCode::not_found;
      });
  if (usual == kUsualFiles.end()) {
    facts.not_applicable = "no unit starts a kubelet, and it has no configuration file";
    return facts;
  }
  kubelet::Config config = kubelet::read_config(request.root, std::string(*usual), {});
  drop_zero_timeout(config.settings);
  for (Error& error : config.errors) facts.gap(std::move(error));
  emit({{},
        {},
        {},
        {},
        std::move(config.settings),
        std::move(config.files),
        true,
        !config.is_missing},
       facts);
  return facts;
}

bool is_claimed(std::string_view path) { return kube::is_manifest_or_unit(path, kName); }

bool may_be_claimed(const Document& document) {
  // A file without a kind is known by its group.
  return kube::is_unit(document.path, kName) ||
         kube::may_hold(document.text, kName, kKindsAndGroup);
}

}  // namespace

extern const Probe kubelet_probe;
const Probe kubelet_probe{
    .name = "kubelet",
    .group = "container",
    .summary = "configuration of the kubelet of a node: flags over drop-ins over the file",
    .semantics =
        "kubelet of the Kubernetes reference; Kubelet Configuration (v1beta1); Set Kubelet "
        "Parameters Via A Configuration File",
    .shape = Shape::settings,
    .fields = kubelet::kSchema,
    .read = read_kubelet,
    .files = kFiles,
    .documents = {.by_name = is_claimed,
                  .by_text = may_be_claimed,
                  .called = "KubeletConfiguration or manifest that starts a kubelet",
                  .also_on_hosts = true},
};

}  // namespace plimsoll
