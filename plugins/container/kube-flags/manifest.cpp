#include "plugins/container/kube-flags/manifest.h"

#include <fmt/format.h>

#include <array>
#include <iterator>
#include <utility>

#include "plugins/container/kube-flags/command.h"
#include "scanner/base/text.h"
#include "scanner/formats/data/data_tree.h"
#include "scanner/formats/image_reference.h"

namespace plimsoll::kube {
namespace {

Origin place_of(const DataNode& node, const std::string& path) {
  return {path, node.line, node.column};
}

// kubeadm's, and that of RKE2.
constexpr std::array<std::string_view, 2> kDirectories = {
    "/etc/kubernetes/manifests", "/var/lib/rancher/rke2/agent/pod-manifests"};

/// A variable of the container, whose value may come from somewhere else.
void add_environment(const DataNode& container, const std::string& path, Launch& launch) {
  const DataNode* list = container.find("env");
  if (list == nullptr || !list->is_sequence()) return;
  for (const DataEntry& entry : list->entries) {
    const DataNode* name = entry.value->find("name");
    if (name == nullptr || !name->is_scalar()) continue;
    const DataNode* value = entry.value->find("value");
    const bool is_open = entry.value->find("valueFrom") != nullptr;
    const bool is_text = value != nullptr && value->is_scalar() && !value->is_null();
    launch.environment[std::string(name->text)] = {is_text ? std::string(value->text) : "",
                                                   place_of(*entry.value, path), is_open};
  }
}

/// "Define a Command and Arguments": `$(NAME)` is the variable of the container, `$$(NAME)` the
/// text; what names none stays as it is.
class Expansion {
 public:
  Expansion(const Launch& launch, bool has_other_variables)
      : launch_(launch), has_other_variables_(has_other_variables) {}

  Argument expand(std::string_view text, Origin origin) const {
    Argument out{{}, std::move(origin), false};
    const std::size_t last = text.rfind(')');
    for (std::size_t i = 0; i < text.size(); ++i) {
      const std::string_view rest = text.substr(i);
      if (rest.starts_with("$$")) {
        out.text += text[++i];
      } else if (rest.starts_with("$(") && last != std::string_view::npos && last > i) {
        const std::size_t end = text.find(')', i);
        put(text.substr(i + 2, end - i - 2), text.substr(i, end - i + 1), out);
        i = end;
      } else {
        out.text += text[i];
      }
    }
    return out;
  }

 private:
  void put(std::string_view name, std::string_view written, Argument& out) const {
    const auto found = launch_.environment.find(name);
    const bool is_known = found != launch_.environment.end();
    out.open = out.open || (is_known ? found->second.open : has_other_variables_);
    out.text += is_known && !found->second.open ? std::string_view(found->second.text) : written;
  }

  const Launch& launch_;
  bool has_other_variables_;
};

std::vector<Argument> words_of(const DataNode* list, const std::string& path,
                               const Expansion& expansion) {
  std::vector<Argument> words;
  if (list == nullptr || !list->is_sequence()) return words;
  for (const DataEntry& entry : list->entries)
    if (entry.value->is_scalar())
      words.push_back(expansion.expand(entry.value->text, place_of(*entry.value, path)));
  return words;
}

/// The program that an image is named for: `kube-proxy` of `k8s.gcr.io/kube-proxy-amd64:v1.9.0`.
bool is_image_of(std::string_view repository, std::string_view program) {
  const std::string_view name = base_name(repository);
  if (!name.starts_with(program)) return false;
  return name.size() == program.size() ||
         is_one_of(name.substr(program.size()), "-amd64 -arm -arm64 -ppc64le -s390x");
}

/// A container without a command runs what its image is made for: the program of its name, which
/// in every usual installation is the container's as well.
void add_entry_point(const DataNode& container, const std::string& path, std::string_view image,
                     std::string_view program, std::vector<Argument>& args) {
  const DataNode* name = container.find("name");
  const bool is_named = name != nullptr && name->is_scalar() && name->text == program;
  if (!is_named && !is_image_of(image, program)) return;
  // Arguments that begin with a program are what an image without an entry point runs.
  if (!args.empty() && !args[0].text.starts_with('-') && !args[0].text.empty()) return;
  args.insert(args.begin(), {std::string(program), place_of(container, path)});
}

std::vector<std::string> config_maps_of(const DataNode& pod) {
  std::vector<std::string> out;
  const DataNode* volumes = pod.find("volumes");
  if (volumes == nullptr || !volumes->is_sequence()) return out;
  for (const DataEntry& entry : volumes->entries)
    if (const DataNode* name = entry.value->find({"configMap", "name"}))
      if (name->is_scalar()) out.emplace_back(name->text);
  return out;
}

void add_container(const DataNode& container, const DataNode& pod, const std::string& path,
                   const std::string& scope, std::string_view program, Launches& launches) {
  if (!container.is_mapping()) return;
  Launch launch;
  launch.origin = place_of(container, path);
  add_environment(container, path, launch);
  const Expansion expansion(launch, container.find("envFrom") != nullptr);
  const DataNode* image = container.find("image");
  const ImageReference reference = read_image_reference(
      image != nullptr && image->is_scalar() ? image->text : std::string_view{});
  std::vector<Argument> words = words_of(container.find("command"), path, expansion);
  std::vector<Argument> args = words_of(container.find("args"), path, expansion);
  if (words.empty()) add_entry_point(container, path, reference.repository, program, args);
  words.insert(words.end(), std::make_move_iterator(args.begin()),
               std::make_move_iterator(args.end()));
  auto commands = commands_of(std::move(words), program, launch.environment);
  if (commands.empty()) return;
  launch.version = release_of(reference.tag);
  launch.config_maps = config_maps_of(pod);
  const DataNode* name = container.find("name");
  launch.scope = fmt::format("{} > {}", scope, name != nullptr ? name->text : std::string_view{});
  for (std::size_t i = 0; i < commands.size(); ++i) {
    launch.arguments = std::move(commands[i].arguments);
    launches.found.push_back(launch);
    if (i > 0) launches.found.back().scope += fmt::format(" #{}", i + 1);
  }
}

void add_pod(const DataNode* pod, const std::string& path, const std::string& scope,
             std::string_view program, Launches& launches) {
  if (pod == nullptr || !pod->is_mapping()) return;
  for (const std::string_view list : {"initContainers", "containers"}) {
    const DataNode* containers = pod->find(list);
    if (containers == nullptr || !containers->is_sequence()) continue;
    for (const DataEntry& entry : containers->entries)
      add_container(*entry.value, *pod, path, scope, program, launches);
  }
}

/// The kubelet takes the first document of a file, and only a Pod.
void add_file(const Root& root, const std::string& path, std::string_view program,
              Launches& launches) {
  const auto text = root.read(path);
  if (!text) {
    if (text.error().code != ErrorCode::not_found) launches.errors.push_back(text.error());
    return;
  }
  if (text->find(program) == std::string_view::npos) return;
  const DataTree tree = read_yaml(*text, path);
  if (tree.error) launches.errors.push_back(*tree.error);
  const DataNode* pod = tree.documents.empty() ? nullptr : tree.documents.front();
  const DataNode* kind = pod == nullptr ? nullptr : pod->find("kind");
  if (kind == nullptr || kind->text != "Pod") return;
  add_pod(pod->find("spec"), path, path, program, launches);
}

}  // namespace

void add_static_pods(const Root& root, std::string_view program, Launches& launches) {
  for (const std::string_view directory : kDirectories) {
    const auto entries = root.list(directory);
    if (!entries) {
      if (entries.error().code != ErrorCode::not_found) launches.errors.push_back(entries.error());
      continue;
    }
    // The kubelet takes every file but hidden ones, whatever its ending.
    for (const DirEntry& entry : *entries)
      if (!entry.name.starts_with('.') && entry.type != FileType::directory)
        add_file(root, join_path(directory, entry.name), program, launches);
  }
}

void add_containers(const Objects& objects, std::string_view program, Launches& launches) {
  for (const Object& object : objects.found) {
    if (!object.key.empty()) continue;
    const DataNode* spec = object.kind == "PodTemplate" ? object.root : object.root->find("spec");
    if (spec == nullptr) continue;
    if (object.kind == "CronJob") spec = spec->find({"jobTemplate", "spec"});
    const DataNode* made = spec == nullptr ? nullptr : spec->find({"template", "spec"});
    add_pod(made != nullptr ? made : spec, object.place.file, object.scope, program, launches);
  }
}

}  // namespace plimsoll::kube
