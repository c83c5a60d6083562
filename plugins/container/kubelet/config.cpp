#include "plugins/container/kubelet/config.h"

#include <fmt/format.h>

#include <utility>

#include "plugins/container/kubelet/schema.h"
#include "scanner/base/text.h"
#include "scanner/formats/data/data_tree.h"

namespace plimsoll::kubelet {
namespace {

constexpr unsigned kDepth = 16;

std::string path_of(std::string_view prefix, std::string_view name) {
  return prefix.empty() ? std::string(name) : fmt::format("{}.{}", prefix, name);
}

/// One file on top of what the earlier ones said.
class Layer {
 public:
  Layer(const kube::Place& place, Config& config) : place_(place), config_(config) {}

  void take(const DataNode& mapping, std::string_view prefix, unsigned depth) {
    if (depth > kDepth) return;
    for (const DataEntry& entry : mapping.entries) {
      if (entry.key == nullptr || !entry.key->is_scalar()) continue;
      const std::string path = path_of(prefix, entry.key->text);
      if (!is_spelled_right(path)) continue;
      if (prefix.empty() && (path == "kind" || path == "apiVersion")) continue;
      take_value(*entry.value, path, depth);
    }
  }

 private:
  void take_value(const DataNode& value, const std::string& path, unsigned depth) {
    if (value.is_mapping()) return take(value, path, depth + 1);
    const std::string key = lower(path);
    if (value.is_null()) {
      forget(key);
    } else if (value.is_scalar()) {
      check_type(value, key);
      set(key, scalar(value), value);
    } else {
      take_sequence(value, key, path, depth);
    }
  }

  void take_sequence(const DataNode& list, const std::string& key, const std::string& path,
                     unsigned depth) {
    std::vector<std::string_view> elements;
    bool has_mappings = false;
    for (std::size_t i = 0; i < list.entries.size(); ++i) {
      const DataNode& element = *list.entries[i].value;
      if (element.is_scalar()) elements.push_back(element.text);
      if (!element.is_mapping()) continue;
      has_mappings = true;
      take(element, fmt::format("{}[{}]", path, i), depth + 1);
    }
    if (!has_mappings) set(key, join(elements, ","), list);
  }

  static std::string scalar(const DataNode& value) {
    if (const auto boolean = value.as_bool()) return *boolean ? "true" : "false";
    return std::string(value.text);
  }

  /// `"true"` in quotes is a text, and a kubelet that wants a boolean does not start with it.
  void check_type(const DataNode& value, const std::string& key) {
    const Field* field = field_of(key);
    if (field == nullptr || value.text.empty()) return;
    const bool is_right = field->type == Type::boolean   ? value.as_bool().has_value()
                          : field->type == Type::integer ? value.as_integer().has_value()
                                                         : true;
    if (!is_right)
      config_.errors.push_back(
          {ErrorCode::invalid,
           fmt::format("`{}` is no {} as YAML has it, and the kubelet does not start with it",
                       printable(value.text), name_of(field->type)),
           place_.at(value)});
  }

  void set(const std::string& key, std::string value, const DataNode& node) {
    kube::replace(config_.settings, key, std::move(value), place_.at(node),
                  "a later file sets it again");
  }

  /// A null in a merge patch takes the field away (RFC 7396).
  void forget(const std::string& key) {
    std::erase_if(config_.settings, [&](const auto& setting) {
      return setting.first == key || setting.first.starts_with(key + ".");
    });
  }

  const kube::Place& place_;
  Config& config_;
};

bool take_file(const Root& root, const std::string& path, Config& config) {
  const auto text = root.read(path);
  if (!text) {
    if (text.error().code == ErrorCode::not_found) return false;
    config.errors.push_back(text.error());
    return true;
  }
  config.files.push_back(path);
  const DataTree tree = read_yaml(*text, path);
  if (tree.error) {
    config.errors.push_back(*tree.error);
    return true;
  }
  const DataNode* top = tree.documents.empty() ? nullptr : tree.documents.front();
  const DataNode* kind = top == nullptr ? nullptr : top->find("kind");
  if (top == nullptr || !top->is_mapping() ||
      (kind != nullptr && kind->text != "KubeletConfiguration")) {
    config.errors.push_back({ErrorCode::invalid, "this is no KubeletConfiguration", {path}});
    return true;
  }
  take_configuration(*top, {path, 0, nullptr}, config);
  return true;
}

void take_directory(const Root& root, const std::string& directory, unsigned depth,
                    Config& config) {
  const auto entries = root.list(directory);
  if (!entries) {
    config.errors.push_back(entries.error());
    return;
  }
  for (const DirEntry& entry : *entries) {
    const std::string path = join_path(directory, entry.name);
    if (entry.type == FileType::directory && depth < kDepth)
      take_directory(root, path, depth + 1, config);
    else if (entry.type != FileType::directory && entry.name.ends_with(".conf"))
      if (!take_file(root, path, config))
        config.errors.push_back({ErrorCode::not_found, "the link leads to nothing", {path}});
  }
}

}  // namespace

void take_configuration(const DataNode& root, const kube::Place& place, Config& config) {
  Layer(place, config).take(root, "", 0);
}

Config read_config(const Root& root, const std::string& file, const std::string& directory) {
  Config config;
  if (!file.empty()) config.is_missing = !take_file(root, file, config);
  if (!directory.empty()) take_directory(root, directory, 0, config);
  return config;
}

}  // namespace plimsoll::kubelet
