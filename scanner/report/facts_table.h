#pragma once

#include <string>

#include "scanner/probe/probe.h"

namespace plimsoll {

struct TableOptions {
  bool with_shadowed = false;  ///< settings without effect, with why, below the one that beats them
  bool color = false;
  std::size_t width = 80;
};

/// The facts in columns for people: settings with their origin, scope by scope; rows under the
/// names of their fields, or one paragraph a row when these columns are wider than the page.
std::string facts_table(const Probe& probe, const Facts& facts, const TableOptions& options);

}  // namespace plimsoll
