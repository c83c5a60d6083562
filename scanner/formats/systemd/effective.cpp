#include "scanner/formats/systemd/effective.h"

#include <algorithm>
#include <array>

#include "scanner/formats/systemd/assembly.h"
#include "scanner/formats/systemd/unit_name.h"

namespace plimsoll::systemd {
namespace {

/// Reads one file into the assembly. Returns the broken syntax that ends it early, if any.
std::optional<Error> read_into(const Root& root, const UnitIndex& index, const std::string& path,
                               std::span<const std::string_view> sections, Assembly& assembly,
                               std::vector<Error>& errors) {
  const auto text = root.read(path);
  if (!text) {
    // A drop-in that leads nowhere, or is a directory, hides its namesakes and holds nothing.
    const ErrorCode code = text.error().code;
    if (code != ErrorCode::not_found && code != ErrorCode::wrong_type)
      errors.push_back(text.error());
    return {};
  }
  if (auto too_much = index.count(path, text->size())) {
    errors.push_back(std::move(*too_much));
    return {};
  }
  return parse_unit_file(*text, path, sections, [&](Assignment assignment) {
    return assembly.take(std::move(assignment));
  });
}

}  // namespace

const Setting* LoadedUnit::find(std::string_view section, std::string_view key) const {
  const auto found = std::find_if(settings.rbegin(), settings.rend(), [&](const Setting& setting) {
    return setting.assignment.section == section && setting.directive->key() == key;
  });
  return found == settings.rend() ? nullptr : &*found;
}

LoadedUnit load_unit(const Root& root, const UnitIndex& index, const Unit& unit,
                     std::vector<Assignment> generated) {
  LoadedUnit loaded;
  if (unit.masked) {
    loaded.state = "masked";
    return loaded;
  }
  const std::string_view own = section_of_type(type_of(unit.name));
  const std::array<std::string_view, 2> manager_sections = {"Unit", own};
  constexpr std::array<std::string_view, 1> kInstallSection = {"Install"};
  // A template is judged as one of its instances would be.
  const bool is_template = classify(unit.name) == NameKind::unit_template;
  Assembly assembly(is_template ? instantiate(unit.name, "instance") : unit.name);
  loaded.files.push_back(unit.fragment);
  const bool is_generated = !generated.empty();
  for (Assignment& assignment : generated) assembly.take(std::move(assignment));
  if (!is_generated)
    loaded.refused =
        read_into(root, index, unit.fragment, manager_sections, assembly, loaded.errors);
  if (loaded.refused) loaded.state = "error";
  if (auto refusal = assembly.refusal()) {
    loaded.state = "bad-setting";
    loaded.refused = std::move(refusal);
  }
  if (!loaded.errors.empty()) loaded.state = {};
  if (loaded.state == "loaded") {
    for (std::string& path : index.drop_ins(unit)) {
      // What is wrong in a drop-in ends that drop-in alone.
      static_cast<void>(read_into(root, index, path, manager_sections, assembly, loaded.errors));
      static_cast<void>(assembly.refusal());
      loaded.files.push_back(std::move(path));
    }
  }
  if (is_generated) {
    loaded.settings = assembly.finish();
    return loaded;
  }
  // [Install] is not the manager's, but read by `systemctl enable`, which knows fewer drop-ins.
  assembly.judge_as(unit.name);
  std::vector<Error> repeated;
  std::vector<std::string> files = index.install_drop_ins(unit);
  files.insert(files.begin(), unit.fragment);
  for (const std::string& path : files) {
    const bool broken =
        read_into(root, index, path, kInstallSection, assembly, repeated).has_value();
    // Where the manager passes over a link that leads nowhere, systemctl gives up.
    if (broken || (!root.read(path) && !index.is_null_or_empty(path))) loaded.install_broken = true;
  }
  // What the manager could not read is told already; the limit may have been reached since.
  if (loaded.errors.empty())
    for (Error& error : repeated)
      if (error.code == ErrorCode::limit) loaded.errors.push_back(std::move(error));
  loaded.settings = assembly.finish();
  return loaded;
}

}  // namespace plimsoll::systemd
