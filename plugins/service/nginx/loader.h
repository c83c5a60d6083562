#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/service/nginx/directives.h"
#include "scanner/base/fact.h"
#include "scanner/root/root.h"

namespace plimsoll::nginx {

/// A directive as it stands, with what its block holds. Includes are replaced by what they bring;
/// one that leads out of a source tree is left as a directive.
struct Directive {
  std::string name;
  std::vector<std::string> args;
  std::vector<Directive> children;
  std::uint32_t file = 0;  ///< index into Tree::files
  std::uint32_t line = 0;
  bool is_block = false;

  /// The argument, or nothing.
  [[nodiscard]] std::string_view arg(std::size_t i) const {
    return i < args.size() ? std::string_view(args[i]) : std::string_view();
  }
  /// The arguments with a blank between them.
  [[nodiscard]] std::string text() const;
};

struct Tree {
  Directive top;                   ///< what no block encloses
  std::vector<std::string> files;  ///< inside the root, in reading order, each reading
  std::vector<std::string> names;  ///< of files as `nginx -T` calls them, each once
  std::vector<Error> errors;       ///< what was not read, or ended the reading
  bool is_broken = false;          ///< the grammar does not hold: nginx reads none of it

  [[nodiscard]] Origin origin(const Directive& directive) const {
    return {files[directive.file], directive.line, 0};
  }
};

/// What to read and where names in it lead.
struct Source {
  std::string path;                      ///< of the main file
  std::optional<std::string_view> text;  ///< of the main file, where it has been read
  std::string prefix;                    ///< relative names of includes start here
  bool is_document = false;              ///< of a source tree: what is included may be elsewhere
  std::string global;                    ///< -g: directives before the file
  Origin global_at;                      ///< where they stand
};

/// Reads a configuration with everything it includes. Never fails: what could not be read is told
/// in the tree.
Tree load(const Root& root, const Source& source);

}  // namespace plimsoll::nginx
