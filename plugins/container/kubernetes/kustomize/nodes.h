#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/container/kubernetes/manifest.h"

namespace plimsoll::kubernetes::kustomize {

/// Makes nodes out of others: those that are there are never changed, and what is not concerned is
/// shared. Each new one stands where the value that it is made from stands.
class Nodes {
 public:
  /// So much text is as one entry of a mapping.
  static constexpr std::size_t kBytesOfWork = 8;

  /// How many entries may be made before `is_exhausted` says so.
  explicit Nodes(std::size_t most = 8U << 20U) : left_(most) {}

  Node scalar(std::string_view text, bool plain, Node place);
  Node mapping(const std::vector<DataEntry>& entries, Node place);
  Node sequence(const std::vector<DataEntry>& entries, Node place);

  /// A mapping with that value in place of what the key had, or at its end. Anything but a mapping
  /// counts as an empty one.
  Node with(Node mapping, std::string_view key, Node value);
  Node without(Node mapping, std::string_view key);
  /// The same, further down. Mappings on the way are made when `create`; without it nothing is
  /// changed where one is missing.
  Node with(Node mapping, std::span<const std::string_view> path, Node value, bool create);

  /// Work that makes nothing counts as well: what is looked at.
  void spend(std::size_t work) { left_ -= std::min(left_, work); }
  /// Too much was made for one build: what comes out is not to be used.
  [[nodiscard]] bool is_exhausted() const { return left_ == 0; }

 private:
  Node make(DataNode::Kind kind, const std::vector<DataEntry>& entries, Node place);
  std::string_view keep(std::string_view text);

  DataTree tree_;
  std::size_t left_;
};

}  // namespace plimsoll::kubernetes::kustomize
