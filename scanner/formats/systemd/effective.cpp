#include "scanner/formats/systemd/effective.h"

#include <algorithm>
#include <array>
#include <map>

#include "scanner/base/text.h"
#include "scanner/formats/systemd/unit_name.h"
#include "scanner/formats/systemd/value_syntax.h"

namespace plimsoll::systemd {
namespace {

/// capabilities(7), or their numbers.
bool is_capability(std::string_view name) {
  constexpr std::string_view kNames[] = {"chown",
                                         "dac_override",
                                         "dac_read_search",
                                         "fowner",
                                         "fsetid",
                                         "kill",
                                         "setgid",
                                         "setuid",
                                         "setpcap",
                                         "linux_immutable",
                                         "net_bind_service",
                                         "net_broadcast",
                                         "net_admin",
                                         "net_raw",
                                         "ipc_lock",
                                         "ipc_owner",
                                         "sys_module",
                                         "sys_rawio",
                                         "sys_chroot",
                                         "sys_ptrace",
                                         "sys_pacct",
                                         "sys_admin",
                                         "sys_boot",
                                         "sys_nice",
                                         "sys_resource",
                                         "sys_time",
                                         "sys_tty_config",
                                         "mknod",
                                         "lease",
                                         "audit_write",
                                         "audit_control",
                                         "setfcap",
                                         "mac_override",
                                         "mac_admin",
                                         "syslog",
                                         "wake_alarm",
                                         "block_suspend",
                                         "audit_read",
                                         "perfmon",
                                         "bpf",
                                         "checkpoint_restore"};
  if (is_signed(name, 0, 62)) return true;
  if (!istarts_with(name, "cap_")) return false;
  const std::string plain = lower(name.substr(4));
  return std::find(std::begin(kNames), std::end(kNames), plain) != std::end(kNames);
}

/// Whether a value of a list forgets those before it, although it is not empty (systemd.exec(5),
/// systemd.resource-control(5)).
bool starts_over(const Directive& directive, std::string_view value) {
  if (directive.name == "RestrictNamespaces" || directive.name == "Delegate")
    return boolean(value).has_value();
  if (directive.name == "RestrictAddressFamilies") return value == "none";
  if (directive.name == "CPUAffinity") return value == "numa";
  if (directive.name != "CapabilityBoundingSet" && directive.name != "AmbientCapabilities")
    return false;
  // A set without any capability replaces what was there: `~` alone, or unknown names only.
  const auto names = words(value.substr(value.starts_with('~') ? 1 : 0));
  return std::none_of(names.begin(), names.end(),
                      [](std::string_view name) { return is_capability(trim(name, "\"'")); });
}

/// Puts assignments together as the manager does while it reads the files of one unit.
class Assembly {
 public:
  explicit Assembly(std::string unit) : unit_(std::move(unit)) {}

  /// From now on values are judged as those of that unit.
  void judge_as(std::string unit) { unit_ = std::move(unit); }

  Next take(Assignment assignment) {
    const Directive* directive = find_directive(assignment.section, assignment.key);
    if (directive == nullptr) return Next::go_on;
    if (assignment.value.empty()) {
      clear(*directive, assignment);
      return Next::go_on;
    }
    switch (directive->check(assignment.value, *directive, unit_)) {
      case Verdict::ignored:
        return Next::go_on;
      case Verdict::fatal:
        refusal_ =
            Error{ErrorCode::invalid, "systemd refuses the value of `" + assignment.key + "=`",
                  std::move(assignment.origin)};
        return Next::stop;
      case Verdict::accepted:
        break;
    }
    Field& field = fields_[std::string(directive->field())];
    if (directive->form == Form::scalar)
      forget(field, "a later line sets it again");
    else if (starts_over(*directive, assignment.value))
      forget(field, "a later line starts the list over");
    // systemd.service(5): TimeoutSec= sets both of its parts
    if (directive->name == "TimeoutSec")
      for (const char* part : {"TimeoutStartSec", "TimeoutStopSec"})
        forget(fields_[part], "a later `TimeoutSec=` sets it again");
    add(field, *directive, std::move(assignment));
    return Next::go_on;
  }

  /// Why the reading of the last file ended early: a value that systemd refuses. Forgets it.
  std::optional<Error> refusal() { return std::exchange(refusal_, std::nullopt); }

  std::vector<Setting> finish() {
    std::vector<std::pair<std::size_t, Setting>> all;
    for (auto& [name, field] : fields_)
      for (auto& entry : field.entries) all.push_back(std::move(entry));
    const auto section_rank = [](const Setting& setting) {
      const std::string& section = setting.assignment.section;
      return section == "Unit" ? 0 : section == "Install" ? 2 : 1;
    };
    std::sort(all.begin(), all.end(), [&](const auto& a, const auto& b) {
      const int first = section_rank(a.second);
      const int second = section_rank(b.second);
      return first != second ? first < second : a.first < b.first;
    });
    std::vector<Setting> settings;
    settings.reserve(all.size());
    for (auto& [rank, setting] : all) settings.push_back(std::move(setting));
    return settings;
  }

 private:
  struct Field {
    std::vector<std::pair<std::size_t, Setting>> entries;
    std::vector<Shadowed> pending;  ///< forgotten ones that no later assignment has taken yet
  };

  static void forget(Field& field, const char* why) {
    for (auto& [rank, setting] : field.entries) {
      for (Shadowed& shadowed : setting.shadowed) field.pending.push_back(std::move(shadowed));
      field.pending.push_back(
          {std::move(setting.assignment.value), std::move(setting.assignment.origin), why});
    }
    field.entries.clear();
  }

  void clear(const Directive& directive, Assignment& assignment) {
    if (directive.empty == Empty::ignored) return;
    Field& field = fields_[std::string(directive.field())];
    forget(field, "a later empty assignment resets it");
    if (!directive.more.clears.empty())
      forget(fields_[std::string(directive.more.clears)], "a later empty assignment resets it");
    if (directive.empty == Empty::counts) add(field, directive, std::move(assignment));
  }

  void add(Field& field, const Directive& directive, Assignment assignment) {
    field.entries.emplace_back(
        ++count_, Setting{&directive, std::move(assignment), std::exchange(field.pending, {})});
  }

  std::string unit_;
  std::map<std::string, Field, std::less<>> fields_;
  std::size_t count_ = 0;
  std::optional<Error> refusal_;
};

/// Reads one file into the assembly. Returns the broken syntax that ends it early, if any.
std::optional<Error> read_into(const Root& root, const std::string& path,
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

LoadedUnit load_unit(const Root& root, const UnitIndex& index, const Unit& unit) {
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
  loaded.refused = read_into(root, unit.fragment, manager_sections, assembly, loaded.errors);
  if (loaded.refused) loaded.state = "error";
  if (auto refusal = assembly.refusal()) {
    loaded.state = "bad-setting";
    loaded.refused = std::move(refusal);
  }
  if (!loaded.errors.empty()) loaded.state = {};
  if (loaded.state == "loaded") {
    for (std::string& path : index.drop_ins(unit)) {
      // What is wrong in a drop-in ends that drop-in alone.
      static_cast<void>(read_into(root, path, manager_sections, assembly, loaded.errors));
      static_cast<void>(assembly.refusal());
      loaded.files.push_back(std::move(path));
    }
  }
  // [Install] is not the manager's, but read by `systemctl enable`, which knows fewer drop-ins.
  assembly.judge_as(unit.name);
  std::vector<Error> repeated;
  std::vector<std::string> files = index.install_drop_ins(unit);
  files.insert(files.begin(), unit.fragment);
  for (const std::string& path : files) {
    const bool broken = read_into(root, path, kInstallSection, assembly, repeated).has_value();
    // Where the manager passes over a link that leads nowhere, systemctl gives up.
    if (broken || (!root.read(path) && !index.is_null_or_empty(path))) loaded.install_broken = true;
  }
  loaded.settings = assembly.finish();
  return loaded;
}

}  // namespace plimsoll::systemd
