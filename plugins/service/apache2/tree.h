#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "plugins/service/apache2/syntax.h"
#include "scanner/base/fact.h"
#include "scanner/root/root.h"

namespace plimsoll::apache2 {

/// A directive or a section as httpd keeps it: variables are replaced, what is carried out while
/// reading (Include, IfModule, Define, Macro, ...) is gone.
struct Directive {
  std::string name;  ///< in lower case, of a section with the `<`
  std::string args;  ///< as they are written, of a section without the `>`
  std::vector<Directive> children;
  std::uint32_t file = 0;  ///< index into Tree::files
  std::uint32_t line = 0;

  [[nodiscard]] bool is_section() const { return name.starts_with('<'); }
};

struct LoadedModule {
  std::string name;  ///< `ssl_module`
  Origin origin;
};

struct Tree {
  Directive top;
  std::vector<std::string> files;          ///< in the order of their reading, each reading
  std::vector<LoadedModule> modules;       ///< that LoadModule lines bring
  std::unordered_set<std::string> loaded;  ///< their names and those of their source files
  std::vector<Error> errors;               ///< what was not read, or ended the reading
  std::vector<Error> missing;              ///< of a source tree: what is included from elsewhere
  bool is_broken = false;                  ///< httpd's grammar does not hold, the reading ended
  Error refused;                           ///< the first reason why httpd would not start, if any

  [[nodiscard]] Origin origin(const Directive& one) const { return {files[one.file], one.line, 0}; }
};

/// What to read, and what is known when the reading begins.
struct Source {
  std::string path;                      ///< of the main file
  std::optional<std::string_view> text;  ///< of the main file, where it has been read
  std::string server_root;
  bool is_document = false;  ///< of a source tree: what is included may be elsewhere
  Variables variables;       ///< the environment and `-D`
};

/// Reads a configuration as httpd does (server/config.c). Never fails: what could not be read is
/// told in the tree.
Tree load(const Root& root, const Source& source);

}  // namespace plimsoll::apache2
