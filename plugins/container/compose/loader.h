#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

#include "plugins/container/compose/node.h"
#include "plugins/container/compose/variables.h"
#include "scanner/base/fact.h"
#include "scanner/formats/data/data_tree.h"
#include "scanner/root/root.h"

namespace plimsoll::compose {

/// Reads a Compose file with all that it extends, includes and is overridden by. What could not be
/// read becomes a gap in `facts`.
class Loader {
 public:
  Loader(const Root& root, Facts& facts) : root_(root), facts_(facts) {}

  /// The model of the project: a map with `services`, `volumes` and so on. Nodes live as long as
  /// the Loader.
  Node load(std::string_view path, std::string_view text);

 private:
  struct File {
    std::string path;
    Node project;
    std::unordered_map<std::string, std::size_t> services;  ///< where they stand in the map
    std::map<std::string, int, std::less<>> state;          ///< 1: being extended, 2: done
  };
  File& parse(const std::string& path, std::string_view text, const Variables& variables);
  Node copy(const DataNode& from, std::string_view file, std::string_view key,
            const Variables& variables);
  void copy_entries(const DataNode& from, Node& to, const Variables& variables);
  void copy_text(const DataNode& from, Node& to, const Variables& variables);
  File* open(const std::string& path, const Variables& variables, const Node& because,
             const std::string& subject);
  void extend_all(File& file, const Variables& variables);
  Node* extend(File& file, const std::string& name, const Variables& variables, unsigned depth);
  bool is_affordable(const Node& node, const std::string& subject);
  void include_all(File& file, const Variables& variables, unsigned depth);
  void include(File& into, const Node& entry, const Variables& variables, unsigned depth);
  void add_missing(Node& project, Node&& other);
  void override_with(Node& project, std::string_view path, const Variables& variables);
  Variables variables_beside(std::string_view path, Variables start);
  void gap(ErrorCode code, std::string what, const Node& at, const std::string& subject,
           Gap::Effect effect = Gap::Effect::may_override);

  const Root& root_;
  Facts& facts_;
  std::set<std::string, std::less<>> names_;  ///< of files: what nodes point to
  std::map<std::string, std::unique_ptr<File>> files_;
  std::size_t copied_ = 0;
  unsigned included_ = 0;
};

/// How the command-line program names the files that it looks for, the first ones first.
bool is_default_file(std::string_view name);
/// True for a file that is merged into the default file beside it.
bool is_override_in_use(const Root& root, std::string_view path);

}  // namespace plimsoll::compose
