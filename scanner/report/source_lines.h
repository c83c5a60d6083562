#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scanner/report/text.h"
#include "scanner/root/root.h"

namespace plimsoll {

/// The lines that findings point to, read through the root (from its cache, mostly), without the
/// credentials in them. Lines of files that hold nothing else are never handed out.
class SourceLines {
 public:
  explicit SourceLines(const Root& root) : root_(root) {}
  [[nodiscard]] std::optional<SourceLine> line(const Origin& origin);

 private:
  [[nodiscard]] std::string_view text_of(std::uint32_t line) const;

  const Root& root_;
  std::string file_;  ///< the one that `starts_` belongs to
  std::string_view text_;
  std::vector<std::size_t> starts_;  ///< of each line
};

}  // namespace plimsoll
