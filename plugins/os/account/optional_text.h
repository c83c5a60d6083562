#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "scanner/base/fact.h"
#include "scanner/root/root.h"

namespace plimsoll {

/// The text of a file that may be missing (then empty). Anything else that keeps it from being
/// read is a gap about the fields that come from it.
inline std::string_view optional_text(const Root& root, std::string_view path, Facts& facts,
                                      std::vector<std::string_view> fields,
                                      Gap::Effect effect = Gap::Effect::may_override) {
  const auto text = root.read(path);
  if (text) return *text;
  if (text.error().code != ErrorCode::not_found)
    facts.gap(text.error(), {}, effect, std::move(fields));
  return {};
}

}  // namespace plimsoll
