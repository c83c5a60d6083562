#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "scanner/base/result.h"

namespace re2 {
class RE2;
}

namespace plimsoll {

/// What stands in a line in place of something else: an RE2 expression, found once anywhere in the
/// line, and a text in which `\1` to `\9` stand for its groups.
class Substitution {
 public:
  /// Fails with `invalid` when the expression does not compile, or has fewer groups than the text
  /// names.
  static Result<Substitution> compile(const std::string& expression, std::string with);

  /// The line with the first match replaced; empty when there is none.
  [[nodiscard]] std::optional<std::string> apply(std::string_view line) const;

 private:
  std::shared_ptr<const re2::RE2> expression_;
  std::string with_;
};

}  // namespace plimsoll
