#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scanner/root/root.h"

namespace plimsoll {

/// The lines that findings point to, read through the root (from its cache, mostly). Lines of files
/// that hold secrets are never handed out.
class SourceLines {
 public:
  explicit SourceLines(const Root& root) : root_(root) {}
  [[nodiscard]] std::optional<std::string> line(const Origin& origin);

 private:
  const Root& root_;
  std::string file_;  ///< the one that `starts_` belongs to
  std::string_view text_;
  std::vector<std::size_t> starts_;  ///< of each line
};

}  // namespace plimsoll
