#include "scanner/formats/systemd/unit_command.h"

#include <utility>

namespace plimsoll::systemd {

std::optional<UnitCommand> unit_command(const Root& root, std::span<const std::string_view> units,
                                        Facts& facts) {
  for (const std::string_view name : units) {
    if (!has_unit_file(root, name)) continue;
    const UnitIndex index(root);
    const auto unit = index.find(name);
    if (!unit || unit->masked) continue;
    LoadedUnit loaded = load_unit(root, index, *unit);
    for (const Error& error : loaded.errors) facts.gap(error);
    auto command = exec_start(root, loaded, std::string(name));
    if (!command) return std::nullopt;
    for (const Error& error : command->errors) facts.gap(error);
    return UnitCommand{std::string(name), std::move(loaded), std::move(*command)};
  }
  return std::nullopt;
}

}  // namespace plimsoll::systemd
