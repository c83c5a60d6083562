#pragma once

#include <string_view>

#include "scanner/base/fact.h"
#include "scanner/root/root.h"

namespace plimsoll {

/// The text of a file that may be missing (then empty). Anything else that keeps it from being
/// read is a gap.
inline std::string_view optional_text(const Root& root, std::string_view path, Facts& facts) {
  const auto text = root.read(path);
  if (text) return *text;
  if (text.error().code != ErrorCode::not_found) facts.gap(text.error());
  return {};
}

}  // namespace plimsoll
