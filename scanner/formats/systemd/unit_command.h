#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "scanner/base/fact.h"
#include "scanner/formats/systemd/effective.h"
#include "scanner/formats/systemd/exec_command.h"

namespace plimsoll::systemd {

/// A service with what it starts.
struct UnitCommand {
  std::string unit;  ///< the name that was asked for
  LoadedUnit loaded;
  ExecCommand command;
};

/// The first of `units` that has a file and is not masked, where it starts something. Files that
/// could not be read become gaps of `facts`.
std::optional<UnitCommand> unit_command(const Root& root, std::span<const std::string_view> units,
                                        Facts& facts);

}  // namespace plimsoll::systemd
