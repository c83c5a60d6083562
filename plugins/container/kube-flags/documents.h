#pragma once

#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scanner/formats/data/data_tree.h"
#include "scanner/probe/probe.h"

namespace plimsoll::kube {

/// Where a configuration stands: a file, or a text inside of one (a ConfigMap's).
struct Place {
  std::string file;
  std::uint32_t above = 0;          ///< lines of the file before the text
  const DataNode* whole = nullptr;  ///< not null: lines of the text are no lines of the file
  [[nodiscard]] Origin at(const DataNode& node) const;
};

/// An object of a manifest.
struct Object {
  const DataNode* root = nullptr;
  Place place;
  std::string_view kind;
  std::string scope;       ///< `Pod/kube-system/etcd`; of a configuration its kind
  std::string config_map;  ///< the ConfigMap that holds it, and under which key
  std::string key;
  bool used = false;  ///< what starts the program is there, too, and names it
};

/// All objects of a YAML or JSON text: several documents, lists, and the configurations that
/// ConfigMaps hold.
struct Objects {
  std::deque<DataTree> trees;  ///< what the nodes live in
  std::vector<Object> found;
  /// Those of `found` that a ConfigMap holds, by its name and the key.
  std::map<std::pair<std::string, std::string>, std::size_t> embedded;
  /// The authority of clients of the API server among them, once somebody has asked; or empty.
  std::optional<std::string> server_authority;
  std::vector<Error> errors;
  bool is_template = false;  ///< Helm fills it in; it is no YAML before
};
/// `kinds`: of configurations. One without a kind is known by its group, as in
/// `kubelet.config.k8s.io/v1beta1`.
Objects read_objects(std::string_view text, const std::string& path,
                     std::span<const std::string_view> kinds);

/// The configuration that one of these ConfigMaps holds under the base name of a path, or null.
Object* find_embedded(Objects& objects, const std::vector<std::string>& config_maps,
                      std::string_view path);

/// Files that may hold manifests, and the units of `program` where systemd looks for them.
bool is_manifest_or_unit(std::string_view path, std::string_view program);
bool is_unit(std::string_view path, std::string_view program);
/// Whether the text names `program` (as a word of its own) beside containers, or one of the kinds.
/// Cheap.
bool may_hold(std::string_view text, std::string_view program,
              std::span<const std::string_view> kinds);

}  // namespace plimsoll::kube
