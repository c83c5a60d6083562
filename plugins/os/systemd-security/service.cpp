#include "plugins/os/systemd-security/service.h"

#include <algorithm>

#include "scanner/base/text.h"
#include "scanner/formats/systemd/capabilities.h"
#include "scanner/formats/systemd/checks.h"
#include "scanner/formats/systemd/unit_name.h"
#include "scanner/formats/systemd/value_syntax.h"

namespace plimsoll::systemd_security {
namespace {

constexpr std::uint64_t kAllCapabilities = ~std::uint64_t{0};
/// No RestrictNamespaces= so far; a list starts from it, not from all types.
constexpr std::uint64_t kUnrestricted = ~std::uint64_t{0};

std::uint64_t mask_of(std::string_view names) {
  std::uint64_t mask = 0;
  for (const std::string_view name : words(names))
    if (const auto number = systemd::capability("CAP_" + std::string(name)))
      mask |= std::uint64_t{1} << *number;
  return mask;
}

bool is_root_path(std::string_view path) {
  const auto parts = words(path, "/");
  return std::all_of(parts.begin(), parts.end(), [](std::string_view part) { return part == "."; });
}

const Setting* last_of(const std::vector<const Setting*>& settings) {
  return settings.empty() ? nullptr : settings.back();
}

}  // namespace

void Bits::assign(std::uint64_t bits, const Setting* setting) {
  value = bits;
  by.fill(setting);
}

void Bits::add(std::uint64_t bits, const Setting* setting) {
  value |= bits;
  for (std::size_t i = 0; i < by.size(); ++i)
    if ((bits >> i & 1U) != 0) by[i] = setting;
}

void Bits::remove(std::uint64_t bits, const Setting* setting) {
  add(bits, setting);
  value &= ~bits;
}

Decided<bool> Bits::any(std::uint64_t bits) const {
  const Setting* last = nullptr;
  for (std::size_t i = 0; i < by.size(); ++i) {
    if ((bits >> i & 1U) == 0) continue;
    if ((value >> i & 1U) != 0) return {true, by[i]};
    if (by[i] != nullptr) last = by[i];
  }
  return {false, last};
}

Service::Service(const systemd::LoadedUnit& unit, std::string name)
    : unit_(unit), name_(std::move(name)) {
  for (const Setting& setting : unit.settings)
    if (setting.assignment.section == "Service")
      by_key_[setting.directive->key()].push_back(&setting);
  read_capabilities("CapabilityBoundingSet", capabilities, kAllCapabilities);
  read_capabilities("AmbientCapabilities", ambient, 0);
  // systemd.exec(5): these take capabilities from the bounding set, whatever it says
  const auto implied = [&](std::string_view key, std::string_view names) {
    if (const auto on = flag(key); on.value) capabilities.remove(mask_of(names), on.by);
  };
  implied("PrivateDevices", "MKNOD SYS_RAWIO");
  implied("ProtectKernelModules", "SYS_MODULE");
  implied("ProtectKernelLogs", "SYSLOG");
  implied("ProtectClock", "SYS_TIME WAKE_ALARM");
  read_namespaces();
  read_address_families();
  read_system_calls();
}

const std::vector<const Setting*>& Service::all(std::string_view key) const {
  static const std::vector<const Setting*> kNone;
  const auto found = by_key_.find(key);
  return found == by_key_.end() ? kNone : found->second;
}

Decided<std::string_view> Service::text(std::string_view key) const {
  const Setting* setting = last_of(all(key));
  if (setting == nullptr) return {};
  return {setting->assignment.value, setting};
}

Decided<bool> Service::flag(std::string_view key) const {
  const auto own = text(key);
  // systemd.exec(5), DynamicUser=: these are on, whatever the unit says
  for (const std::string_view implied :
       {"PrivateTmp", "RemoveIPC", "NoNewPrivileges", "RestrictSUIDSGID"})
    if (key == implied)
      if (const auto dynamic = flag("DynamicUser"); dynamic.value) return dynamic;
  return {systemd::boolean(own.value).value_or(false), own.by};
}

Decided<bool> Service::default_dependencies() const {
  const Setting* setting = unit_.find("Unit", "DefaultDependencies");
  if (setting == nullptr) return {true, nullptr};
  return {systemd::boolean(setting->assignment.value).value_or(true), setting};
}

Decided<std::string> Service::user() const {
  if (const auto own = text("User"); own.by != nullptr)
    return {systemd::expand(own.value, name_).value_or(""), own.by};
  const auto dynamic = flag("DynamicUser");
  // The name of the unit, where it could be one of a user; the other names are hashes
  if (dynamic.value) return {std::string(systemd::prefix_of(name_)), dynamic.by};
  return {};
}

bool Service::is_privileged() const {
  const std::string name = user().value;
  // A dynamic user that is called 0 by its unit is not: that name would become a hash
  if (name == "root" || (name == "0" && text("User").by != nullptr)) return true;
  return name.empty() && !flag("DynamicUser").value;
}

Decided<std::string_view> Service::protect_home() const {
  const auto own = text("ProtectHome");
  const auto on = systemd::boolean(own.value);
  const auto dynamic = flag("DynamicUser");
  if (dynamic.value && !on.value_or(own.by != nullptr)) return {"read-only", dynamic.by};
  if (on) return {*on ? "yes" : "no", own.by};
  return {own.by == nullptr ? "no" : own.value, own.by};
}

Decided<std::string_view> Service::protect_system() const {
  if (const auto dynamic = flag("DynamicUser"); dynamic.value) return {"strict", dynamic.by};
  const auto own = text("ProtectSystem");
  if (const auto on = systemd::boolean(own.value)) return {*on ? "yes" : "no", own.by};
  return {own.by == nullptr ? "no" : own.value, own.by};
}

Decided<bool> Service::own_root() const {
  const Setting* seen = nullptr;
  for (const std::string_view key : {"RootDirectory", "RootImage"}) {
    const auto own = text(key);
    if (own.by == nullptr) continue;
    seen = own.by;
    if (!is_root_path(systemd::expand(own.value, name_).value_or(""))) return {true, own.by};
  }
  return {false, seen};
}

Decided<std::string_view> Service::device_policy() const {
  const auto own = text("DevicePolicy");
  if (own.by != nullptr && own.value != "auto") return own;
  // systemd.exec(5), PrivateDevices=: the policy is `closed` unless the unit chooses another
  if (const auto devices = flag("PrivateDevices"); devices.value) return {"closed", devices.by};
  return {"auto", own.by};
}

Decided<bool> Service::extra_devices() const {
  if (const Setting* own = last_of(all("DeviceAllow"))) return {true, own};
  // What the manager lets in for other settings, once there is a policy at all
  if (const auto image = text("RootImage"); image.by != nullptr) return {true, image.by};
  if (const Setting* image = last_of(all("MountImages"))) return {true, image};
  if (const auto clock = flag("ProtectClock"); clock.value) return clock;
  if (const auto found = encrypted_credentials("LoadCredential", "LoadCredentialEncrypted");
      found.value)
    return found;
  if (const auto found = encrypted_credentials("SetCredential", "SetCredentialEncrypted");
      found.value)
    return found;
  return {false, device_policy().by};
}

/// systemd.exec(5), LoadCredential=: a later one of the same id takes the place of the earlier.
Decided<bool> Service::encrypted_credentials(std::string_view plain,
                                             std::string_view encrypted) const {
  std::map<std::string, const Setting*, std::less<>> by_id;
  for (const Setting& setting : unit_.settings) {
    const std::string_view key = setting.directive->key();
    if (setting.assignment.section != "Service" || (key != plain && key != encrypted)) continue;
    systemd::WordReader reader(setting.assignment.value, {.separators = ":", .keep_empty = true});
    std::string id;
    if (reader.next(id) != systemd::WordReader::Got::word) continue;
    by_id[systemd::expand(id, name_).value_or(id)] = &setting;
  }
  for (const auto& [id, setting] : by_id)
    if (setting->directive->key() == encrypted) return {true, setting};
  return {false, nullptr};
}

void Service::read_capabilities(std::string_view key, Bits& bits, std::uint64_t initial) {
  bits.value = initial;
  for (const Setting* setting : all(key)) {
    std::string_view value = setting->assignment.value;
    const bool invert = value.starts_with('~');
    if (invert) value.remove_prefix(1);
    const std::uint64_t listed = systemd::capability_bits(value);
    // An empty list, or the first one, takes the place of what was there; others are merged.
    if (listed == 0 || bits.value == initial)
      bits.assign(invert ? ~listed : listed, setting);
    else if (invert)
      bits.remove(listed, setting);
    else
      bits.add(listed, setting);
  }
}

void Service::read_namespaces() {
  namespaces.value = kUnrestricted;
  const std::uint64_t every = namespace_bits("cgroup ipc net mnt pid user uts time");
  for (const Setting* setting : all("RestrictNamespaces")) {
    std::string_view value = setting->assignment.value;
    if (const auto on = systemd::boolean(value)) {
      namespaces.assign(*on ? 0 : every, setting);
      continue;
    }
    const bool invert = value.starts_with('~');
    if (invert) value.remove_prefix(1);
    const std::uint64_t listed = namespace_bits(value);
    if (namespaces.value == kUnrestricted)
      namespaces.assign(invert ? every & ~listed : listed, setting);
    else if (invert)
      namespaces.remove(listed, setting);
    else
      namespaces.add(listed, setting);
  }
}

void Service::read_address_families() {
  auto& filter = address_families;
  for (const Setting* setting : all("RestrictAddressFamilies")) {
    std::string_view value = setting->assignment.value;
    if (value == "none") {
      // Forbids all; a list that follows starts anew, and decides by itself which kind it is.
      filter = {};
      filter.allows = true;
      filter.first = setting;
      continue;
    }
    const bool deny = value.starts_with('~');
    if (deny) value.remove_prefix(1);
    filter.start(!deny, setting);
    systemd::WordReader reader(value, {.unquote = true});
    std::string word;
    while (reader.next(word) == systemd::WordReader::Got::word)
      if (const unsigned family = address_family(word); family != 0)
        filter.put(family, deny != filter.allows, setting);
  }
}

void Service::read_system_calls() {
  for (const Setting* setting : all("SystemCallFilter")) {
    std::string_view value = setting->assignment.value;
    const bool deny = value.starts_with('~');
    if (deny) value.remove_prefix(1);
    if (!system_calls.exists) {
      system_calls.start(!deny, setting);
      // systemd.exec(5): an allow list holds @default without being told
      if (!deny) take_system_call("@default", false, setting);
    }
    systemd::WordReader reader(value, {});
    std::string word;
    while (reader.next(word) == systemd::WordReader::Got::word)
      take_system_call(word, deny, setting);
  }
}

void Service::take_system_call(std::string_view word, bool deny, const Setting* setting) {
  const auto colon = word.find(':');
  if (colon != std::string_view::npos) {
    // An error number, only for what is denied; a bad one spoils the word.
    const std::string_view error = word.substr(colon + 1);
    const bool good = error == "kill" || systemd::is_signed(error, 0, 0) ||
                      systemd::check_error_number(error, *setting->directive, name_) ==
                          systemd::Verdict::accepted;
    if (!good || !deny) return;
    word = word.substr(0, colon);
  }
  const bool in = deny != system_calls.allows;
  if (word.starts_with('@')) {
    if (const auto* group = systemd::system_call_group(word))
      for (const std::uint16_t call : *group) system_calls.put(call, in, setting);
  } else if (const auto call = systemd::system_call(word)) {
    system_calls.put(*call, in, setting);
  }
}

const char* Service::refused() const {
  const auto commands = [&](std::string_view key) {
    std::size_t count = 0;
    for (const Setting* setting : all(key))
      count += systemd::count_commands(setting->assignment.value, name_);
    return count;
  };
  const std::size_t starts = commands("ExecStart");
  const Setting* success = unit_.find("Unit", "SuccessAction");
  const bool acts = success != nullptr && success->assignment.value != "none";
  const auto type = text("Type");
  const bool has_bus_name = text("BusName").by != nullptr;
  const bool oneshot = type.by != nullptr ? type.value == "oneshot" : !has_bus_name && starts == 0;
  if (starts == 0 && commands("ExecStop") == 0 && !acts) return "it has no command";
  if (starts == 0 && !oneshot) return "it has no `ExecStart=`, and is not of `Type=oneshot`";
  if (starts == 0 && !acts && !flag("RemainAfterExit").value)
    return "it has no `ExecStart=`, and does not remain after it exited";
  if (starts > 1 && !oneshot) return "it has several `ExecStart=`, and is not of `Type=oneshot`";
  const std::string_view restart = text("Restart").value;
  if (oneshot && (restart == "always" || restart == "on-success"))
    return "`Restart=` does not go with `Type=oneshot`";
  if (oneshot && !all("RestartForceExitStatus").empty())
    return "`RestartForceExitStatus=` does not go with `Type=oneshot`";
  if (oneshot && text("ExitType").value == "cgroup")
    return "`ExitType=cgroup` does not go with `Type=oneshot`";
  if (type.value == "dbus" && !has_bus_name) return "`Type=dbus` wants a `BusName=`";
  const std::string_view kill = text("KillMode").value;
  if (text("PAMName").by != nullptr && !kill.empty() && kill != "control-group" && kill != "mixed")
    return "`PAMName=` does not go with its `KillMode=`";
  return nullptr;
}

std::uint64_t namespace_bits(std::string_view list) {
  constexpr std::string_view kTypes[] = {"cgroup", "ipc",  "net", "mnt",
                                         "pid",    "user", "uts", "time"};
  std::uint64_t bits = 0;
  systemd::WordReader reader(list, {});
  std::string word;
  while (reader.next(word) == systemd::WordReader::Got::word)
    for (std::size_t i = 0; i < std::size(kTypes); ++i)
      if (word == kTypes[i]) bits |= std::uint64_t{1} << i;
  return bits;
}

unsigned address_family(std::string_view name) {
  // address_families(7); the place is the number
  constexpr std::string_view kNames =
      "UNIX INET AX25 IPX APPLETALK NETROM BRIDGE ATMPVC X25 INET6 ROSE DECNET NETBEUI SECURITY "
      "KEY "
      "NETLINK PACKET ASH ECONET ATMSVC RDS SNA IRDA PPPOX WANPIPE LLC IB MPLS CAN TIPC BLUETOOTH "
      "IUCV RXRPC ISDN PHONET IEEE802154 CAIF ALG NFC VSOCK KCM QIPCRTR SMC XDP MCTP";
  static const std::vector<std::string_view> kFamilies = words(kNames);
  std::string plain = upper(name);
  if (!plain.starts_with("AF_")) return 0;
  plain.erase(0, 3);
  if (plain == "LOCAL" || plain == "FILE") plain = "UNIX";
  if (plain == "ROUTE") plain = "NETLINK";
  const auto found = std::find(kFamilies.begin(), kFamilies.end(), plain);
  return found == kFamilies.end() ? 0 : static_cast<unsigned>(found - kFamilies.begin()) + 1;
}

}  // namespace plimsoll::systemd_security
