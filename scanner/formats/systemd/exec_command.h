#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scanner/base/result.h"
#include "scanner/formats/systemd/effective.h"
#include "scanner/root/root.h"

namespace plimsoll::systemd {

/// A word of a command or the value of a variable, with the line that wrote it.
struct ExecText {
  std::string text;
  Origin origin;
};

/// What a unit starts, as far as its files tell.
struct ExecCommand {
  std::vector<ExecText> words;  ///< the program first; never empty
  std::map<std::string, ExecText, std::less<>> environment;
  std::vector<Error> errors;  ///< EnvironmentFile= that are there and could not be read, or are not
                              ///< there and must be: the unit does not start
};

/// ExecStart= of a service, the first command where there are several, with variables filled in and
/// split as systemd does it (systemd.service(5), "Command lines"). `unit`: its name, for
/// specifiers. Empty where the unit has none. The manager's own environment is not known here.
std::optional<ExecCommand> exec_start(const Root& root, const LoadedUnit& loaded,
                                      const std::string& unit);

}  // namespace plimsoll::systemd
