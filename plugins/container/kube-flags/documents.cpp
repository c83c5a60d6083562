#include "plugins/container/kube-flags/documents.h"

#include <fmt/format.h>
#include <string.h>

#include <algorithm>
#include <utility>

#include "scanner/base/text.h"
#include "scanner/formats/systemd/unit_index.h"

namespace plimsoll::kube {
namespace {

constexpr std::size_t kDeepestList = 8;
constexpr std::size_t kMostObjects = 1U << 16U;

bool is_part_of_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.' || c == '/';
}

/// `/usr/bin/etcd`, `etcd:3.5`; not `etcd-operator`, `etcd.yaml` and `/etc/kubelet/x`.
bool has_word(std::string_view text, std::string_view word) {
  for (std::size_t at = 0; (at = find_text(text, word, at)) != std::string_view::npos;) {
    const char before = at == 0 ? ' ' : text[at - 1];
    const std::size_t end = at + word.size();
    if ((before == '/' || !is_part_of_name(before)) &&
        (end == text.size() || !is_part_of_name(text[end])))
      return true;
    at = end;
  }
  return false;
}

std::string text_at(const DataNode& node, std::initializer_list<std::string_view> path) {
  const DataNode* found = node.find(path);
  return found == nullptr || !found->is_scalar() ? std::string() : std::string(found->text);
}

/// `kubelet.config.k8s.io/v1beta1` is that of KubeletConfiguration.
std::string_view kind_of(const DataNode& root, std::span<const std::string_view> kinds) {
  const DataNode* kind = root.find("kind");
  if (kind != nullptr) return kind->is_scalar() ? kind->text : std::string_view{};
  const DataNode* version = root.find("apiVersion");
  if (version == nullptr || !version->is_scalar()) return {};
  for (const std::string_view one : kinds) {
    const std::string group =
        lower(one.substr(
            0, one.size() - std::min(one.size(), std::string_view("Configuration").size()))) +
        ".config.k8s.io/";
    if (version->text.starts_with(group)) return one;
  }
  return {};
}

class Reader {
 public:
  Reader(Objects& out, std::string_view text, const std::string& path,
         std::span<const std::string_view> kinds)
      : out_(out), text_(text), path_(path), kinds_(kinds) {}

  void run() {
    const bool is_json = trim_left(text_).starts_with('{');
    DataTree& tree =
        out_.trees.emplace_back(is_json ? read_json(text_, path_) : read_yaml(text_, path_));
    out_.is_template = tree.error && contains(text_, "{{");
    if (tree.error && !out_.is_template) out_.errors.push_back(*tree.error);
    for (const DataNode* root : tree.documents) add(root, 0);
  }

 private:
  void add(const DataNode* root, std::size_t depth) {
    if (root == nullptr || !root->is_mapping() || out_.found.size() >= kMostObjects) return;
    const std::string_view kind = kind_of(*root, kinds_);
    if (kind.empty()) return;
    if (kind.ends_with("List")) return add_items(root->find("items"), depth);
    if (kind == "ConfigMap") return add_data(*root);
    add_object(*root, kind, {path_, 0, nullptr});
  }

  void add_items(const DataNode* items, std::size_t depth) {
    if (items == nullptr || !items->is_sequence() || depth >= kDeepestList) return;
    for (const DataEntry& entry : items->entries) add(entry.value, depth + 1);
  }

  Object& add_object(const DataNode& root, std::string_view kind, Place place) {
    Object object{&root, std::move(place), kind, scope_of(root, kind), {}, {}};
    if (const int before = scopes_[object.scope]++; before > 0)
      object.scope += fmt::format(" #{}", before + 1);
    return out_.found.emplace_back(std::move(object));
  }

  [[nodiscard]] std::string scope_of(const DataNode& root, std::string_view kind) const {
    if (std::find(kinds_.begin(), kinds_.end(), kind) != kinds_.end()) return std::string(kind);
    const std::string space = text_at(root, {"metadata", "namespace"});
    return fmt::format("{}/{}/{}", kind, space.empty() ? "default" : space,
                       text_at(root, {"metadata", "name"}));
  }

  void add_data(const DataNode& map) {
    const DataNode* data = map.find("data");
    if (data == nullptr || !data->is_mapping()) return;
    for (const DataEntry& entry : data->entries)
      if (entry.key != nullptr && entry.value->is_scalar() && is_wanted(entry.value->text))
        add_embedded(map, *entry.key, *entry.value);
  }

  [[nodiscard]] bool is_wanted(std::string_view text) const {
    return std::any_of(kinds_.begin(), kinds_.end(),
                       [&](std::string_view kind) { return contains(text, kind); });
  }

  void add_embedded(const DataNode& map, const DataNode& key, const DataNode& value) {
    DataTree& tree = out_.trees.emplace_back(read_yaml(value.text, path_));
    if (tree.error) {
      tree.error->where = {path_, value.line, value.column};
      out_.errors.push_back(*tree.error);
    }
    for (const DataNode* root : tree.documents) {
      if (root == nullptr || !root->is_mapping()) continue;
      const std::string_view kind = kind_of(*root, kinds_);
      if (std::find(kinds_.begin(), kinds_.end(), kind) == kinds_.end()) continue;
      Object& object = add_object(*root, kind, place_of(value));
      object.config_map = text_at(map, {"metadata", "name"});
      object.key = key.text;
      out_.embedded.insert_or_assign({object.config_map, object.key}, out_.found.size() - 1);
    }
  }

  /// The lines of a literal block (`|`) are lines of the file.
  [[nodiscard]] Place place_of(const DataNode& value) {
    if (line_starts_.empty())
      for (const Line& line : lines(text_)) line_starts_.push_back(line.text);
    const std::size_t line = value.line;
    if (line >= 1 && line <= line_starts_.size() && value.column >= 1 &&
        line_starts_[line - 1]
            .substr(std::min<std::size_t>(value.column - 1, line_starts_[line - 1].size()))
            .starts_with('|'))
      return {path_, value.line, nullptr};
    return {path_, 0, &value};
  }

  Objects& out_;
  std::string_view text_;
  const std::string& path_;
  std::span<const std::string_view> kinds_;
  std::map<std::string, int, std::less<>> scopes_;
  std::vector<std::string_view> line_starts_;
};

}  // namespace

Origin Place::at(const DataNode& node) const {
  if (whole != nullptr) return {file, whole->line, whole->column};
  return {file, node.line + above, node.column};
}

Objects read_objects(std::string_view text, const std::string& path,
                     std::span<const std::string_view> kinds) {
  Objects out;
  Reader(out, text, path, kinds).run();
  return out;
}

Object* find_embedded(Objects& objects, const std::vector<std::string>& config_maps,
                      std::string_view path) {
  const std::string key(base_name(path));
  for (const std::string& map : config_maps)
    if (const auto found = objects.embedded.find({map, key}); found != objects.embedded.end())
      return &objects.found[found->second];
  return nullptr;
}

bool is_unit(std::string_view path, std::string_view program) {
  const std::string_view name = base_name(path);
  if (!name.ends_with(".service") || name.substr(0, name.size() - 8) != program) return false;
  const auto directories = systemd::unit_directories();
  return std::any_of(directories.begin(), directories.end(), [&](std::string_view directory) {
    return path.substr(0, path.size() - name.size() - 1) == directory;
  });
}

bool is_manifest_or_unit(std::string_view path, std::string_view program) {
  return path.ends_with(".yaml") || path.ends_with(".yml") || path.ends_with(".json") ||
         is_unit(path, program);
}

bool may_hold(std::string_view text, std::string_view program,
              std::span<const std::string_view> kinds) {
  if (has_word(text, program) && contains(text, "ontainers")) return true;
  return std::any_of(kinds.begin(), kinds.end(),
                     [&](std::string_view kind) { return contains(text, kind); });
}

}  // namespace plimsoll::kube
