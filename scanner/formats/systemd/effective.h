#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/fact.h"
#include "scanner/formats/systemd/assembly.h"
#include "scanner/formats/systemd/directives.h"
#include "scanner/formats/systemd/unit_file.h"
#include "scanner/formats/systemd/unit_index.h"

namespace plimsoll::systemd {

/// A unit with its drop-ins, as the manager would load it.
struct LoadedUnit {
  /// `loaded`, `masked`; `bad-setting` or `error` when systemd refuses the unit for a line of its
  /// file, a value or the syntax; empty when the file cannot be read.
  std::string_view state = "loaded";
  std::vector<Setting> settings;   ///< by section, then in the order of assignment
  std::vector<std::string> files;  ///< the unit file and its drop-ins, in the order of reading
  std::vector<Error> errors;       ///< files that are there and could not be read
  std::optional<Error> refused;    ///< why the state is `bad-setting` or `error`
  bool install_broken = false;     ///< systemctl cannot read [Install]

  /// The last setting of that key in that section (`Mount`, `Options`), or null.
  [[nodiscard]] const Setting* find(std::string_view section, std::string_view key) const;
};

/// `generated`: what a generator would write into the unit file, which is not read then.
LoadedUnit load_unit(const Root& root, const UnitIndex& index, const Unit& unit,
                     std::vector<Assignment> generated = {});

}  // namespace plimsoll::systemd
