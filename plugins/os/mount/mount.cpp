#include <algorithm>
#include <map>

#include "plugins/os/mount/options.h"
#include "scanner/formats/mount_tables.h"
#include "scanner/base/text.h"
#include "scanner/formats/systemd/effective.h"
#include "scanner/formats/systemd/unit_name.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace {

constexpr std::array kFields = {
    Field{"mount_point", Type::text, "where it is mounted"},
    Field{"source", Type::text, "device, label or pseudo source, as written"},
    Field{"fstype", Type::text, "file system type; empty when it is found out at mount time"},
    Field{"options", Type::set,
          "options in effect; on a live host those both configured and running"},
    Field{"from", Type::text,
          "what configures it: `fstab`, `unit`, `systemd` (built in), or `running` only"},
    Field{"configured_options", Type::set, "options that fstab or the unit give"},
    Field{"running_options", Type::set, "options of the mount as it is now; live host only"},
    Field{"is_separate", Type::boolean, "mounted at boot, or mounted now: not part of its parent"},
};

constexpr std::array<std::string_view, 2> kFiles = {"/etc/fstab", "/etc/systemd/system/tmp.mount"};
constexpr std::string_view kGenerated = "/run/systemd/generator/";

/// File systems that systemd mounts by itself before it reads any unit; what fstab says of them
/// is applied by systemd-remount-fs.service(8).
struct ApiMount {
  std::string_view mount_point, fstype, options;
};
constexpr std::array kApiMounts = {
    ApiMount{"/dev", "devtmpfs", "rw,nosuid,mode=755"},
    ApiMount{"/dev/pts", "devpts", "rw,nosuid,noexec,mode=620"},
    ApiMount{"/dev/shm", "tmpfs", "rw,nosuid,nodev,mode=1777"},
    ApiMount{"/proc", "proc", "rw,nosuid,nodev,noexec"},
    ApiMount{"/run", "tmpfs", "rw,nosuid,nodev,mode=755"},
    ApiMount{"/sys", "sysfs", "rw,nosuid,nodev,noexec"},
};

/// What is known of one mount point.
struct Mount {
  std::string source, fstype;
  std::optional<std::vector<std::string>> configured, running;
  std::string_view from;
  bool at_boot = false;
  Origin origin;
  std::vector<Shadowed> shadowed;
};

using Mounts = std::map<std::string, Mount>;

bool is_api(std::string_view path) {
  return std::any_of(kApiMounts.begin(), kApiMounts.end(),
                     [&](const ApiMount& mount) { return mount.mount_point == path; }) ||
         path.starts_with("/sys/fs/cgroup") || path == "/sys/fs/bpf" || path == "/sys/fs/pstore" ||
         path == "/sys/kernel/security" || path == "/sys/firmware/efi/efivars";
}

bool has(const std::vector<std::string>& options, std::string_view option) {
  return std::find(options.begin(), options.end(), option) != options.end();
}

/// Joins fstab, mount units and the kernel's table.
class MountReader {
 public:
  explicit MountReader(const Root& root) : root_(root), index_(root) {}

  Facts read() {
    if (root_.exists("/lib/systemd/systemd") || root_.exists("/usr/lib/systemd/systemd"))
      for (const ApiMount& api : kApiMounts)
        mounts_[std::string(api.mount_point)] = {std::string(api.fstype),
                                                 std::string(api.fstype),
                                                 effective_options(api.options),
                                                 {},
                                                 "systemd",
                                                 true,
                                                 {},
                                                 {}};
    read_fstab();
    read_units();
    if (root_.is_live()) read_running();
    for (const Error& error : index_.errors()) facts_.gap(error);
    for (auto& [mount_point, mount] : mounts_) add_row(mount_point, mount);
    return std::move(facts_);
  }

 private:
  void read_fstab() {
    const auto text = root_.read("/etc/fstab");
    if (!text) {
      if (text.error().code != ErrorCode::not_found) facts_.gap(text.error());
      return;
    }
    for (MountEntry& entry : parse_mntent(*text)) {
      if (!entry.mount_point.starts_with('/') || entry.fstype == "swap" || entry.fstype == "autofs")
        continue;
      const auto real = root_.resolve(entry.mount_point, true);
      entry.mount_point = real ? *real : normal_path(entry.mount_point);
      const Origin origin{"/etc/fstab", entry.line, 1};
      const auto taken = mounts_.find(entry.mount_point);
      // systemd-fstab-generator(8) refuses to write a unit twice.
      if (taken != mounts_.end() && taken->second.from != "systemd")
        taken->second.shadowed.push_back(
            {entry.options, origin, "systemd takes the first line of a mount point"});
      else if (is_api(entry.mount_point))
        take_remounted(entry, origin);
      else
        take_entry(entry, origin);
    }
  }

  void take_remounted(const MountEntry& entry, const Origin& origin) {
    mounts_[entry.mount_point] = {entry.source,
                                  entry.fstype,
                                  effective_options(entry.options),
                                  {},
                                  "fstab",
                                  true,
                                  origin,
                                  {}};
  }

  /// The unit that the generator would write, unless an administrator's unit of that name beats it;
  /// the unit's drop-ins count either way.
  void take_entry(const MountEntry& entry, const Origin& origin) {
    const std::string name = systemd::escape_path(entry.mount_point) + ".mount";
    auto unit = index_.find(name);
    if (unit && beats_generator(unit->fragment)) {
      beaten_[name] = {
          entry.options, origin,
          unit->masked ? "the mount unit is masked" : "a mount unit of that name wins"};
      return;
    }
    if (!unit) unit = systemd::Unit{name, {}, {name}, false};
    unit->fragment = "/etc/fstab";
    unit->masked = false;
    const auto assign = [&](const char* key, const std::string& value) {
      return systemd::Assignment{"Mount", key, value, origin};
    };
    take_unit(systemd::load_unit(root_, index_, *unit,
                                 {assign("What", entry.source), assign("Where", entry.mount_point),
                                  assign("Type", entry.fstype), assign("Options", entry.options)}),
              entry.mount_point, "fstab", true);
    from_fstab_.insert(name);
  }

  static bool beats_generator(std::string_view fragment) {
    return fragment.starts_with("/etc/") ||
           (fragment.starts_with("/run/systemd/") && !fragment.starts_with(kGenerated) &&
            !fragment.starts_with("/run/systemd/generator.late/"));
  }

  void take_unit(const systemd::LoadedUnit& loaded, const std::string& mount_point,
                 std::string_view from, bool at_boot) {
    for (const Error& error : loaded.errors) facts_.gap(error, mount_point);
    if (loaded.state != "loaded") return;
    const auto value = [&](std::string_view key) {
      const systemd::Setting* setting = loaded.find("Mount", key);
      return setting == nullptr ? std::string{} : setting->assignment.value;
    };
    Mount mount{value("What"),
                value("Type"),
                effective_options(value("Options")),
                {},
                from,
                at_boot,
                {loaded.files[0]},
                {}};
    for (const char* key : {"Where", "Options"})
      if (const systemd::Setting* setting = loaded.find("Mount", key)) {
        mount.origin = setting->assignment.origin;
        mount.shadowed = setting->shadowed;
      }
    if (from == "fstab" && has(*mount.configured, "noauto") && mount_point != "/")
      mount.at_boot = has(*mount.configured, "x-systemd.automount");
    mounts_[mount_point] = std::move(mount);
  }

  void read_units() {
    for (const std::string& name : index_.all()) {
      if (systemd::type_of(name) != "mount" || from_fstab_.contains(name)) continue;
      const auto unit = index_.find(name);
      const std::string mount_point = systemd::unescape_path(systemd::prefix_of(name));
      if (!unit || unit->masked || mount_point.empty() || is_api(mount_point)) continue;
      const systemd::LoadedUnit loaded = systemd::load_unit(root_, index_, *unit);
      const systemd::Setting* source_path = loaded.find("Unit", "SourcePath");
      // Left by the generator from an fstab that no longer has the line.
      if (unit->fragment.starts_with(kGenerated) && source_path != nullptr &&
          source_path->assignment.value == "/etc/fstab")
        continue;
      // systemd.mount(5): Where= must be what the name says, or the unit is refused.
      const systemd::Setting* where = loaded.find("Mount", "Where");
      if (where != nullptr && normal_path(where->assignment.value) != mount_point) continue;
      if (loaded.find("Mount", "What") == nullptr) continue;
      take_unit(loaded, mount_point, "unit", is_wanted(name));
      if (const auto beaten = beaten_.find(name); beaten != beaten_.end())
        mounts_[mount_point].shadowed.push_back(beaten->second);
    }
  }

  /// A link in a .wants or .requires directory starts it, or its automount, at boot.
  bool is_wanted(const std::string& name) const {
    const std::string automount = name.substr(0, name.rfind('.')) + ".automount";
    return std::any_of(index_.links().begin(), index_.links().end(), [&](const auto& link) {
      return link.name == name || link.name == automount;
    });
  }

  void read_running() {
    const auto text = root_.read("/proc/self/mountinfo");
    if (!text) {
      facts_.gap(text.error());
      return;
    }
    // The last mount on a point lies on top of the others.
    for (const MountEntry& entry : parse_mountinfo(*text)) {
      Mount& mount = mounts_[entry.mount_point];
      mount.running = effective_options(entry.options);
      if (!mount.configured) {
        mount.from = "running";
        mount.source = entry.source;
        mount.fstype = entry.fstype;
        mount.origin = {"/proc/self/mountinfo", entry.line, 1};
      }
    }
  }

  void add_row(const std::string& mount_point, Mount& mount) {
    const auto value = [](const std::optional<std::vector<std::string>>& options) -> Value {
      if (!options) return std::monostate{};
      return *options;
    };
    std::vector<std::string> options = mount.configured ? *mount.configured : *mount.running;
    if (mount.configured && mount.running)
      std::erase_if(options, [&](const auto& option) { return !has(*mount.running, option); });
    Fact& row = facts_.row(
        {mount_point, mount.source, mount.fstype, std::move(options), std::string(mount.from),
         value(mount.configured), value(mount.running), mount.at_boot || mount.running.has_value()},
        mount.origin);
    row.scope = mount_point;  // what gaps name
    row.shadowed = std::move(mount.shadowed);
  }

  const Root& root_;
  systemd::UnitIndex index_;
  Facts facts_;
  Mounts mounts_;
  std::set<std::string> from_fstab_;        ///< names of units that fstab describes
  std::map<std::string, Shadowed> beaten_;  ///< by unit name: the line of fstab that lost
};

Facts read_mount(const Request& request) { return MountReader(request.root).read(); }

}  // namespace

extern const Probe mount_probe;
const Probe mount_probe{
    .name = "mount",
    .group = "os",
    .summary =
        "mount points, from fstab and mount units joined, with what is mounted on a live host",
    .semantics = "fstab(5), systemd.mount(5), systemd-fstab-generator(8), mount(8)",
    .shape = Shape::rows,
    .fields = kFields,
    .read = read_mount,
    .files = kFiles,
};

}  // namespace plimsoll
