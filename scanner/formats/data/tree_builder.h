#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "scanner/formats/data/data_tree.h"

namespace plimsoll {

/// Makes the nodes of a tree from the events of a parser. Every call may refuse, with the reason in
/// `problem`; the caller then stops and adds the place.
class TreeBuilder {
 public:
  TreeBuilder(DataTree& tree, const DataLimits& limits) : tree_(tree), limits_(limits) {}

  struct Place {
    std::uint32_t line = 0, column = 0;
  };
  bool scalar(std::string_view text, bool plain, Place place, std::string_view tag = {},
              std::string_view anchor = {});
  bool begin(DataNode::Kind kind, Place place, std::string_view tag = {},
             std::string_view anchor = {});
  bool end();
  bool alias(std::string_view name);
  void end_document();
  /// JSON has neither.
  void without_merge_keys() { merges_ = false; }

  [[nodiscard]] const std::string& problem() const { return problem_; }

 private:
  struct Open {
    DataNode* node;
    std::string anchor;
    std::vector<DataEntry> entries;
    const DataNode* key = nullptr;  ///< of a mapping: waits for its value
    bool has_merge_key = false;
  };
  DataNode* make(DataNode::Kind kind, Place place, std::string_view tag);
  std::string_view keep(std::string_view text);
  bool add(const DataNode* node);
  void resolve_merges(Open& open);
  bool refuse(std::string why);
  void name(std::string_view anchor, const DataNode* node);

  DataTree& tree_;
  const DataLimits& limits_;
  std::vector<Open> open_;
  std::unordered_map<std::string, const DataNode*> anchors_;  ///< null while it is being read
  const DataNode* top_ = nullptr;
  bool merges_ = true;
  std::string problem_;
};

}  // namespace plimsoll
