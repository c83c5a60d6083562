#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/os/ssh/keywords.h"
#include "scanner/base/fact.h"

namespace plimsoll::ssh {

/// Where a line stands: the blocks around it.
struct Scope {
  std::string text;  ///< `Host a && Match user bob`; empty outside all blocks
  /// What must hold, outermost first, by number: equal numbers hold together, and what always holds
  /// (`Host *`) is left out. Empty: every host.
  std::vector<std::uint32_t> conditions;
};

struct Setting {
  Keyword keyword;  ///< `@file` for a file that is read
  std::vector<std::string> values;
  Origin where;
  std::size_t scope = 0;  ///< index into Configuration::scopes
};

/// The lines of all files in reading order.
struct Configuration {
  std::vector<Scope> scopes = {Scope{}};
  std::vector<Setting> settings;
};

/// Whether every host that the inner scope holds for is one that the outer holds for.
bool encloses(const Scope& outer, const Scope& inner);

/// Works out which line decides for which hosts, and the defaults behind them. `other_version`
/// names an installed version whose lists of algorithms are not those of 9.2; else it is empty.
void settle(const Configuration& configuration, std::string_view other_version, Facts& facts);

}  // namespace plimsoll::ssh
