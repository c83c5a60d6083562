#include "plugins/container/kubernetes/kustomize/kustomization.h"

#include <algorithm>
#include <array>
#include <set>

namespace plimsoll::kubernetes::kustomize {
namespace {

constexpr std::array<std::string_view, 3> kNames = {"kustomization.yaml", "kustomization.yml",
                                                    "Kustomization"};
constexpr DataLimits kLimits = {.depth = 100, .nodes = 1U << 16U};

void add_name(Node node, std::vector<std::string>& out) {
  if (node != nullptr && node->is_scalar() && !is_inline(node->text)) out.emplace_back(node->text);
}

void add_names(Node list, std::vector<std::string>& out) {
  for (const DataEntry& entry : items(list)) add_name(entry.value, out);
}

/// `key=path` of a generator's files.
void add_sources(Node list, std::vector<std::string>& out) {
  for (const DataEntry& entry : items(list))
    if (entry.value->is_scalar())
      out.emplace_back(entry.value->text.substr(entry.value->text.find('=') + 1));
}

/// All files and directories that a kustomization names.
std::vector<std::string> names_in(Node root) {
  std::vector<std::string> out;
  for (const std::string_view key :
       {"resources", "bases", "components", "crds", "configurations", "transformers", "generators",
        "validators", "patchesStrategicMerge", "patches"})
    add_names(field(root, key), out);
  for (const std::string_view key : {"patches", "patchesJson6902", "replacements"})
    for (const DataEntry& entry : items(field(root, key)))
      add_name(field(entry.value, "path"), out);
  for (const std::string_view key : {"configMapGenerator", "secretGenerator"})
    for (const DataEntry& entry : items(field(root, key))) {
      add_sources(field(entry.value, "files"), out);
      add_names(field(entry.value, "envs"), out);
      add_name(field(entry.value, "env"), out);
    }
  return out;
}

FileKind kind_of(Node root) {
  if (root == nullptr || !root->is_mapping()) return FileKind::other;
  const std::string version = text_of(field(root, "apiVersion")),
                    kind = text_of(field(root, "kind"));
  if (!version.empty() && !version.starts_with("kustomize.config.k8s.io/")) return FileKind::other;
  if (kind == "Component") return FileKind::component;
  return kind.empty() || kind == "Kustomization" ? FileKind::kustomization : FileKind::other;
}

/// The kustomizations of a tree and what each of them names.
class Graph {
 public:
  explicit Graph(const Root& root) : root_(root) {}

  void add(const std::string& path) {
    const auto text = root_.read(path);
    if (!text) return;
    const DataTree tree = read_yaml(*text, path, kLimits);
    const Node top = tree.documents.empty() ? nullptr : tree.documents.front();
    const FileKind kind = kind_of(top);
    if (kind == FileKind::other || by_directory_.contains(std::string(parent_path(path)))) return;
    by_directory_[std::string(parent_path(path))] = all_.size();
    all_.push_back({path, names_in(top), kind == FileKind::component});
  }

  Survey survey() {
    Survey out;
    for (const File& file : all_) note_parts(file, out);
    // Those that nothing else uses are built; what they reach is a part.
    std::set<std::string> reached;
    for (const File& file : all_)
      if (!file.is_component && !out.part_of.contains(file.path)) reach(file, reached);
    for (const File& file : all_)
      if (!file.is_component && !reached.contains(file.path)) out.part_of.erase(file.path);
    return out;
  }

 private:
  struct File {
    std::string path;
    std::vector<std::string> names;
    bool is_component = false;
  };

  /// The kustomization that a name leads to, or null; `path` is what it names.
  [[nodiscard]] const File* follow(const File& file, const std::string& name,
                                   std::string& path) const {
    const auto there = path_beside(file.path, name);
    if (!there) return nullptr;
    path = *there;
    const auto found = by_directory_.find(path);
    return found == by_directory_.end() ? nullptr : &all_[found->second];
  }

  void note_parts(const File& file, Survey& out) const {
    for (const std::string& name : file.names) {
      std::string path;
      const File* other = follow(file, name, path);
      if (path.empty() || other == &file) continue;
      out.part_of.try_emplace(other == nullptr ? path : other->path, file.path);
    }
  }

  void reach(const File& start, std::set<std::string>& reached) const {
    std::vector<const File*> open = {&start};
    while (!open.empty()) {
      const File& file = *open.back();
      open.pop_back();
      if (!reached.insert(file.path).second) continue;
      for (const std::string& name : file.names) {
        std::string path;
        if (const File* other = follow(file, name, path)) open.push_back(other);
      }
    }
  }

  const Root& root_;
  std::vector<File> all_;
  std::map<std::string, std::size_t, std::less<>> by_directory_;
};

}  // namespace

bool is_kustomization_name(std::string_view path) {
  return std::find(kNames.begin(), kNames.end(), base_name(path)) != kNames.end();
}

std::string kustomization_in(const Root& root, std::string_view directory) {
  for (const std::string_view name : kNames)
    if (std::string path = join_path(directory, name); root.exists(path)) return path;
  return {};
}

FileKind file_kind(const Document& document) {
  if (!is_kustomization_name(document.path)) return FileKind::other;
  const DataTree tree = read_yaml(document.text, document.path, kLimits);
  // What is no YAML at all is for the build to complain of.
  return tree.documents.empty() ? FileKind::kustomization : kind_of(tree.documents.front());
}

bool is_remote(std::string_view name) {
  return name.find("://") != std::string_view::npos || name.starts_with("git@") ||
         name.starts_with("git::") || name.starts_with("github.com/") ||
         name.starts_with("gitlab.com/") || name.starts_with("bitbucket.org/") ||
         name.find("?ref=") != std::string_view::npos ||
         name.find(".git/") != std::string_view::npos ||
         name.find(".git?") != std::string_view::npos || name.ends_with(".git");
}

bool is_inline(std::string_view text) {
  return text.find('\n') != std::string_view::npos || text.find(": ") != std::string_view::npos ||
         text.starts_with('{') || text.starts_with('[');
}

std::shared_ptr<const void> survey(const Root& root, std::span<const std::string> paths) {
  Graph graph(root);
  for (const std::string& path : paths)
    if (is_kustomization_name(path)) graph.add(path);
  return std::make_shared<Survey>(graph.survey());
}

}  // namespace plimsoll::kubernetes::kustomize
