#include <algorithm>
#include <map>
#include <set>

#include "scanner/base/text.h"
#include "scanner/formats/mount_tables.h"
#include "scanner/formats/systemd/effective.h"
#include "scanner/formats/systemd/unit_name.h"
#include "scanner/probe/probe.h"

namespace plimsoll {
namespace {

constexpr std::array kFields = {
    Field{"device", Type::text, "device or file, as written: `UUID=…`, `/swapfile`"},
    Field{"from", Type::text, "what turns it on: `fstab`, `unit`, or `running` only"},
    Field{"on_disk", Type::boolean, "it outlives a reboot; compressed memory (zram) does not"},
    Field{"encrypted", Type::boolean,
          "what is written there is encrypted; not where it is unknown"},
};

constexpr std::array<std::string_view, 2> kFiles = {"/etc/fstab", "/etc/crypttab"};
constexpr std::string_view kMapper = "/dev/mapper/";
constexpr int kDeepestStack = 8;

struct Swap {
  std::string device;
  std::string_view from;
  Origin origin;
};

/// systemd-fstab-generator(8): how a tag of fstab names a device for units.
std::string device_path(const std::string& source) {
  constexpr std::pair<std::string_view, std::string_view> kTags[] = {
      {"UUID=", "/dev/disk/by-uuid/"},
      {"LABEL=", "/dev/disk/by-label/"},
      {"PARTUUID=", "/dev/disk/by-partuuid/"},
      {"PARTLABEL=", "/dev/disk/by-partlabel/"}};
  for (const auto& [tag, directory] : kTags)
    if (source.starts_with(tag))
      return std::string(directory) + std::string(trim(source.substr(tag.size()), "\""));
  return source;
}

bool is_zram(std::string_view device) { return device.starts_with("/dev/zram"); }

/// Joins fstab, swap units and, on a live host, the kernel's list; asks crypttab what is encrypted.
class SwapReader {
 public:
  explicit SwapReader(const Root& root) : root_(root), index_(root) {}

  Facts read() {
    read_crypttab();
    read_fstab();
    read_units();
    if (root_.is_live()) read_running();
    for (const Error& error : index_.errors()) facts_.gap(error);
    for (const Swap& swap : swaps_) add_row(swap);
    return std::move(facts_);
  }

 private:
  std::optional<std::string_view> text_of(const std::string& path) {
    const auto text = root_.read(path);
    if (text) return *text;
    if (text.error().code != ErrorCode::not_found) facts_.gap(text.error());
    return {};
  }

  /// crypttab(5): name, device, key and options.
  void read_crypttab() {
    const auto text = text_of("/etc/crypttab");
    if (!text) return;
    for (const Line& line : lines(*text)) {
      const auto fields = words(line.text, " \t\r");
      if (fields.size() < 2 || fields[0].starts_with('#')) continue;
      const bool null =
          fields.size() > 3 && fields[3].find("cipher=cipher_null") != std::string_view::npos;
      volumes_[std::string(fields[0])] = !null;
    }
  }

  void read_fstab() {
    const auto text = text_of("/etc/fstab");
    if (!text) return;
    for (const MountEntry& entry : parse_mntent(*text)) {
      if (entry.fstype != "swap") {
        if (entry.mount_point.starts_with('/')) file_systems_[entry.mount_point] = entry.source;
        continue;
      }
      const auto options = split(entry.options, ',');
      if (std::find(options.begin(), options.end(), "noauto") != options.end()) continue;
      const std::string name = unit_of(entry.source);
      const auto unit = index_.find(name);
      // systemd.unit(5): a unit of /etc beats that of the generator; a mask there turns it off
      if (unit &&
          (unit->fragment.starts_with("/etc/") ||
           unit->fragment.starts_with("/run/systemd/system/")) &&
          unit->masked)
        continue;
      from_fstab_.insert(name);
      swaps_.push_back({entry.source, "fstab", {"/etc/fstab", entry.line, 1}});
    }
  }

  static std::string unit_of(const std::string& source) {
    return systemd::escape_path(device_path(source)) + ".swap";
  }

  /// Swap units that a link names, but those that the generator made from fstab.
  void read_units() {
    std::set<std::string, std::less<>> wanted;
    for (const systemd::DependencyLink& link : index_.links()) wanted.insert(link.name);
    for (const std::string& name : index_.all()) {
      if (systemd::type_of(name) != "swap" || from_fstab_.contains(name) || !wanted.contains(name))
        continue;
      const auto unit = index_.find(name);
      if (!unit || unit->masked) continue;
      const systemd::LoadedUnit loaded = systemd::load_unit(root_, index_, *unit);
      for (const Error& error : loaded.errors) facts_.gap(error);
      const systemd::Setting* what = loaded.find("Swap", "What");
      // systemd.swap(5): What= must be what the name says
      if (loaded.state != "loaded" || what == nullptr || unit_of(what->assignment.value) != name)
        continue;
      swaps_.push_back({what->assignment.value, "unit", what->assignment.origin});
    }
  }

  /// proc_swaps(5): the device in the first column, blanks in it written as `\040`.
  void read_running() {
    const auto text = text_of("/proc/swaps");
    if (!text) return;
    for (const Line& line : lines(*text)) {
      const auto fields = words(line.text);
      if (line.number == 1 || fields.empty()) continue;
      const std::string device(fields[0]);
      const bool known = std::any_of(swaps_.begin(), swaps_.end(), [&](const Swap& swap) {
        return real(device_path(swap.device)) == real(device);
      });
      if (!known) swaps_.push_back({device, "running", {"/proc/swaps", line.number, 1}});
    }
  }

  std::string real(const std::string& path) const {
    const auto found = root_.resolve(path, true);
    return found ? *found : normal_path(path);
  }

  void add_row(const Swap& swap) {
    const bool on_disk = !is_zram(swap.device);
    std::optional<bool> encrypted;
    if (on_disk) encrypted = is_encrypted(device_path(swap.device));
    if (on_disk && !encrypted)
      facts_.gap(
          {ErrorCode::unsupported,
           "no file tells whether `" + swap.device + "` lies on an encrypted volume", swap.origin},
          swap.device);
    facts_.row(
        {swap.device, std::string(swap.from), on_disk, encrypted ? Value(*encrypted) : Value()},
        swap.origin);
  }

  /// Nothing where files do not tell.
  std::optional<bool> is_encrypted(std::string device) const {
    if (!device.starts_with("/dev/")) {
      const std::string* source = file_system_of(device);
      if (source == nullptr) return {};
      device = device_path(*source);
    }
    if (root_.is_live())
      if (const auto found = stacked(std::string(base_name(real(device))), 0)) return found;
    return is_encrypted_volume(device);
  }

  std::optional<bool> is_encrypted_volume(const std::string& device) const {
    if (device.starts_with(kMapper))
      if (const auto found = volumes_.find(device.substr(kMapper.size())); found != volumes_.end())
        return found->second;
    if (volumes_.empty()) return false;
    // A disk or a partition is not what crypttab makes; a volume of LVM may lie on it.
    for (const std::string_view plain :
         {"/dev/sd", "/dev/vd", "/dev/xvd", "/dev/nvme", "/dev/mmc", "/dev/disk/by-part"})
      if (device.starts_with(plain)) return false;
    return {};
  }

  /// The file system that holds a file, by the longest mount point of fstab.
  const std::string* file_system_of(const std::string& file) const {
    for (std::string_view path = parent_of(file);; path = parent_of(path)) {
      if (const auto found = file_systems_.find(path); found != file_systems_.end())
        return &found->second;
      if (path == "/") return nullptr;
    }
  }

  static std::string_view parent_of(std::string_view path) {
    const auto slash = path.rfind('/');
    return slash == std::string_view::npos || slash == 0 ? "/" : path.substr(0, slash);
  }

  /// sysfs: the device mapper says what a volume is, and `slaves` what lies below. Nothing when the
  /// kernel does not know the device.
  std::optional<bool> stacked(const std::string& name, int depth) const {
    const std::string place = "/sys/class/block/" + name;
    if (depth > kDeepestStack || !root_.exists(place)) return {};
    if (const auto kind = root_.read(place + "/dm/uuid"); kind && kind->starts_with("CRYPT-"))
      return true;
    const auto below = root_.list(place + "/slaves");
    if (!below || below->empty()) return false;
    for (const DirEntry& entry : *below)
      if (stacked(entry.name, depth + 1) != true) return false;
    return true;
  }

  const Root& root_;
  systemd::UnitIndex index_;
  Facts facts_;
  std::map<std::string, bool, std::less<>> volumes_;  ///< of crypttab → really encrypted
  std::map<std::string, std::string, std::less<>> file_systems_;  ///< mount point → source
  std::set<std::string, std::less<>> from_fstab_;                 ///< units that fstab makes
  std::vector<Swap> swaps_;
};

Facts read_swap(const Request& request) { return SwapReader(request.root).read(); }

}  // namespace

extern const Probe swap_probe;
const Probe swap_probe{
    .name = "swap",
    .group = "os",
    .summary = "swap space that is turned on at boot, and whether it is encrypted",
    .semantics = "fstab(5), systemd.swap(5), crypttab(5)",
    .shape = Shape::rows,
    .fields = kFields,
    .read = read_swap,
    .files = kFiles,
};

}  // namespace plimsoll
