#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/fact.h"
#include "scanner/formats/data/data_tree.h"

namespace plimsoll::kubernetes {

using Node = const DataNode*;

/// The value of a key whose rows are elements of a list, where there are none.
inline constexpr std::string_view kNone = "none";

/// The value of a key, or null: what is there with the value null counts as absent, as it does for
/// the API server.
Node field(Node node, std::string_view key);
Node field(Node node, std::initializer_list<std::string_view> path);
/// Its text as the API has it: `true` for `yes`; empty for what is no scalar.
std::string text_of(Node node);
bool is_true(Node node);
bool is_false(Node node);
/// A name as scopes have it: what is longer than any name may be (RFC 1123 allows 253 bytes) is
/// cut.
std::string name_of(Node node);
/// The elements of a sequence; none of anything else.
std::span<const DataEntry> items(Node node);
/// The entries of a mapping; none of anything else.
std::span<const DataEntry> pairs(Node node);

/// One object of a manifest.
struct Object {
  Node root = nullptr;
  std::string group, version, kind;
  std::string name, space;  ///< `space`: its namespace; `default` where none is written
  bool is_namespaced = false;
  std::string scope;  ///< `Deployment/default/web`, `ClusterRole/viewer`
  Node metadata = nullptr, spec = nullptr;
};

/// The pod that an object is or makes.
struct PodTemplate {
  Node metadata = nullptr, spec = nullptr;
  bool runs_to_completion = false;  ///< of a job
  bool is_workload = false;         ///< false: the object is no pod and makes none
};
PodTemplate pod_of(const Object& object);

/// A file whose nodes stand in facts; DataNode::file is its number.
struct SourceFile {
  std::string path;
  bool has_columns = true;  ///< false of a text that stands, indented, in another file
};
using SourceFiles = std::vector<SourceFile>;
/// Where a node stands; the default where there is none.
Origin origin_of(const SourceFiles& files, Node place);

/// Writes facts of one scope.
class Writer {
 public:
  Writer(Facts& facts, const SourceFiles& files, std::string scope)
      : facts_(&facts), files_(&files), scope_(std::move(scope)) {}
  [[nodiscard]] Writer below(std::string_view name) const;

  /// A value that stands in the manifest; `place` decides it.
  void set(std::string_view key, std::string_view value, Node place);
  /// What the API server takes where nothing is written.
  void unset(std::string_view key, std::string_view value);
  /// The text of a node, or that default.
  void put(std::string_view key, Node node, std::string_view otherwise);
  /// Rows of one key, a row an element; `none` where there is no element.
  class Rows {
   public:
    Rows(Writer& writer, std::string_view key) : writer_(&writer), key_(key) {}
    void add(std::string_view value, Node place) {
      writer_->set(key_, value, place);
      any_ = true;
    }
    ~Rows() {
      if (!any_) writer_->unset(key_, kNone);
    }
    Rows(const Rows&) = delete;
    Rows& operator=(const Rows&) = delete;

   private:
    Writer* writer_;
    std::string_view key_;
    bool any_ = false;
  };

  [[nodiscard]] const std::string& scope() const { return scope_; }
  [[nodiscard]] Origin origin(Node place) const { return origin_of(*files_, place); }

 private:
  Facts* facts_;
  const SourceFiles* files_;
  std::string scope_;
};

}  // namespace plimsoll::kubernetes
