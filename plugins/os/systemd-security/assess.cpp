#include "plugins/os/systemd-security/assess.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>

#include "scanner/base/text.h"
#include "scanner/formats/systemd/capabilities.h"
#include "scanner/formats/systemd/value_syntax.h"

namespace plimsoll::systemd_security {
namespace {

Judgement assess_flag(const Service& service, const Test& test) {
  const auto on = service.flag(test.subject);
  return {on.value ? 0U : 1U, "", on.by};
}

Judgement assess_user(const Service& service, const Test& test) {
  const auto user = service.user();
  if (user.value == "nobody")
    return {9U, "the service runs as `nobody`, a user that others share", user.by};
  if (service.is_privileged()) return {test.range, "", user.by};
  if (const auto dynamic = service.flag("DynamicUser"); dynamic.value)
    return {0U, "the service runs as a user that exists only while it runs", dynamic.by};
  return {0U, "", user.by};
}

Judgement not_for_root(const Service& service) {
  return {{}, "it does not matter for a service that runs as root", service.user().by};
}

Judgement assess_remove_ipc(const Service& service, const Test& test) {
  return service.is_privileged() ? not_for_root(service) : assess_flag(service, test);
}

Judgement assess_groups(const Service& service, const Test&) {
  if (service.is_privileged()) return not_for_root(service);
  const auto& groups = service.all("SupplementaryGroups");
  return {groups.empty() ? 0U : 1U, "", groups.empty() ? nullptr : groups.back()};
}

Judgement assess_home(const Service& service, const Test&) {
  const auto home = service.protect_home();
  if (home.value == "yes") return {0U, "", home.by};
  if (home.value == "tmpfs") return {1U, "home directories look empty to the service", home.by};
  if (home.value == "read-only") return {5U, "the service may read home directories", home.by};
  return {10U, "", home.by};
}

Judgement assess_system(const Service& service, const Test&) {
  const auto system = service.protect_system();
  if (system.value == "strict") return {0U, "", system.by};
  if (system.value == "full")
    return {3U, "the service may write, but not to /usr, /boot and /etc", system.by};
  if (system.value == "yes")
    return {5U, "the service may write, but not to /usr and /boot", system.by};
  return {10U, "", system.by};
}

Judgement assess_root(const Service& service, const Test&) {
  const auto own = service.own_root();
  return {own.value ? 0U : 1U, "", own.by};
}

Judgement assess_capabilities(const Service& service, const Test& test) {
  std::uint64_t bits = 0;
  for (const std::string_view name : words(test.subject))
    if (const auto number = systemd::capability("CAP_" + std::string(name)))
      bits |= std::uint64_t{1} << *number;
  const auto any = service.capabilities.any(bits);
  return {any.value ? 1U : 0U, "", any.by};
}

Judgement assess_ambient(const Service& service, const Test&) {
  const auto any = service.ambient.any(~std::uint64_t{0});
  return {any.value ? 1U : 0U, "", any.by};
}

Judgement assess_namespace(const Service& service, const Test& test) {
  const auto any = service.namespaces.any(namespace_bits(test.subject));
  return {any.value ? 1U : 0U, "", any.by};
}

Judgement assess_umask(const Service& service, const Test&) {
  const auto written = service.text("UMask");
  const std::int64_t mask =
      written.by == nullptr ? 0022 : to_integer(trim(written.value), 8).value_or(0);
  if ((mask & 0002) == 0) return {10U, "", written.by};
  if ((mask & 0004) == 0)
    return {5U, "everybody may read the files that the service makes", written.by};
  if ((mask & 0020) == 0)
    return {2U, "the group may write the files that the service makes", written.by};
  if ((mask & 0040) == 0)
    return {1U, "the group may read the files that the service makes", written.by};
  return {0U, "", written.by};
}

Judgement assess_keyring(const Service& service, const Test&) {
  const auto mode = service.text("KeyringMode");
  return {mode.by == nullptr || mode.value == "private" ? 0U : 1U, "", mode.by};
}

Judgement assess_proc(const Service& service, const Test& test) {
  const auto proc = service.text("ProtectProc");
  if (proc.value == "invisible" || proc.value == "ptraceable") return {0U, "", proc.by};
  if (proc.value == "noaccess")
    return {1U, "the service sees that processes of others exist", proc.by};
  return {test.range, "", proc.by};
}

Judgement assess_proc_subset(const Service& service, const Test&) {
  const auto subset = service.text("ProcSubset");
  return {subset.value == "pid" ? 0U : 1U, "", subset.by};
}

Judgement assess_notify(const Service& service, const Test&) {
  const auto access = service.text("NotifyAccess");
  return {access.value == "all" ? 1U : 0U, "", access.by};
}

Judgement assess_delegate(const Service& service, const Test&) {
  const auto delegate = service.text("Delegate");
  // `Delegate=` without a value turns it on as well
  const bool on = delegate.by != nullptr && systemd::boolean(delegate.value).value_or(true);
  return {on ? 1U : 0U, "", delegate.by};
}

/// systemd-analyze asks only whether some family of each kind is named: a deny list with AF_INET6
/// alone counts for both kinds of Internet sockets, one with AF_CAN alone for all exotic ones.
Judgement assess_families(const Service& service, const Test& test) {
  const auto& filter = service.address_families;
  constexpr std::string_view kOfOwn[] = {"AF_INET", "AF_INET6", "AF_UNIX", "AF_NETLINK",
                                         "AF_PACKET"};
  const auto is_asked = [&](unsigned family) {
    const auto named = words(test.subject);
    const auto is = [&](std::string_view name) { return address_family(name) == family; };
    return test.subject == "other" ? std::none_of(std::begin(kOfOwn), std::end(kOfOwn), is)
                                   : std::any_of(named.begin(), named.end(), is);
  };
  bool restricted = filter.allows;
  const Setting* by = filter.first;
  for (unsigned family = 1; family < filter.by.size(); ++family) {
    if (!is_asked(family)) continue;
    if (filter.listed.test(family)) restricted = !filter.allows;
    if (filter.by[family] != nullptr) by = filter.by[family];
  }
  return {restricted ? 0U : 1U, "", by};
}

Judgement assess_architectures(const Service& service, const Test&) {
  const auto& settings = service.all("SystemCallArchitectures");
  if (settings.empty()) return {10U, "", nullptr};
  bool native_only = true;
  constexpr std::string_view kKnown =
      " native x86 x86-64 x32 arm arm64 mips mips64 mips64-n32 mips-le mips64-le mips64-le-n32 "
      "parisc parisc64 ppc ppc64 ppc64-le riscv64 s390 s390x ";
  for (const Setting* setting : settings) {
    systemd::WordReader reader(setting->assignment.value, {.unquote = true});
    std::string word;
    // systemd-analyze compares names: `x86-64` is not `native`, though they are one on amd64
    while (reader.next(word) == systemd::WordReader::Got::word)
      if (word != "native" && !word.empty() &&
          kKnown.find(" " + word + " ") != std::string_view::npos)
        native_only = false;
  }
  if (native_only) return {0U, "", settings.back()};
  return {8U, "the service may use the system calls of several architectures", settings.back()};
}

Judgement assess_system_calls(const Service& service, const Test& test) {
  const auto& filter = service.system_calls;
  if (!filter.allows && filter.listed.none())
    return {10U, "no system call is filtered", filter.first};
  const Setting* by = filter.first;
  for (const std::uint16_t call : *systemd::system_call_group(test.subject)) {
    if (!systemd::is_native(call)) continue;
    if (filter.listed.test(call) == filter.allows)
      return {filter.allows ? 9U : 10U,
              "some of " + std::string(test.subject) + " may be called, `" +
                  std::string(systemd::system_call_name(call)) + "` for one",
              filter.line(call)};
    if (filter.by[call] != nullptr) by = filter.by[call];
  }
  return {0U, "", by};
}

enum class Reach { loopback, everywhere, other };

/// What a word of IPAddressAllow= and its like stands for, of each address family.
struct Prefix {
  bool v4 = false, v6 = false;
  Reach reach = Reach::other;
};

bool is_loopback(bool v4, const std::array<unsigned char, 16>& address, std::uint64_t length) {
  if (v4) return address[0] == 127 && length >= 8;
  constexpr std::array<unsigned char, 16> kLoopback = {0, 0, 0, 0, 0, 0, 0, 0,
                                                       0, 0, 0, 0, 0, 0, 0, 1};
  return address == kLoopback && length == 128;
}

/// systemd.resource-control(5); empty for a word that is none.
std::optional<Prefix> prefix(std::string_view word) {
  if (word == "any") return Prefix{true, true, Reach::everywhere};
  if (word == "link-local" || word == "multicast") return Prefix{true, true, Reach::other};
  const auto slash = word.find('/');
  const std::string address(word.substr(0, slash));
  std::array<unsigned char, 16> bytes{};
  const bool v4 = inet_pton(AF_INET, address.c_str(), bytes.data()) == 1;
  const bool v6 = !v4 && inet_pton(AF_INET6, address.c_str(), bytes.data()) == 1;
  if (!v4 && !v6) {
    if (!systemd::is_local_host(word)) return {};
    return Prefix{true, true, Reach::loopback};
  }
  const std::uint64_t most = v4 ? 32 : 128;
  const auto length = slash == std::string_view::npos
                          ? most
                          : systemd::unsigned_number(word.substr(slash + 1)).value_or(most + 1);
  if (length > most) return {};
  if (length == 0) return Prefix{v4, v6, Reach::everywhere};
  return Prefix{v4, v6, is_loopback(v4, bytes, length) ? Reach::loopback : Reach::other};
}

struct Reached {
  bool all_v4 = false, all_v6 = false;
  const Setting* loopback = nullptr;
  const Setting* beyond = nullptr;  ///< some address that is not the loopback's
  const Setting* last = nullptr;
};

Reached reached(const Service& service, std::string_view key) {
  Reached reached;
  for (const Setting* setting : service.all(key)) {
    systemd::WordReader reader(setting->assignment.value, {});
    std::string word;
    while (reader.next(word) == systemd::WordReader::Got::word) {
      const auto found = prefix(word);
      if (!found) continue;
      const bool all = found->reach == Reach::everywhere;
      reached.all_v4 = reached.all_v4 || (all && found->v4);
      reached.all_v6 = reached.all_v6 || (all && found->v6);
      (found->reach == Reach::loopback ? reached.loopback : reached.beyond) = setting;
    }
    reached.last = setting;
  }
  return reached;
}

Judgement assess_addresses(const Service& service, const Test&) {
  for (const std::string_view key : {"IPIngressFilterPath", "IPEgressFilterPath"})
    if (const auto& programs = service.all(key); !programs.empty())
      return {0U, "the service has a packet filter of its own", programs.back()};
  const Reached denied = reached(service, "IPAddressDeny");
  if (!denied.all_v4 || !denied.all_v6) return {10U, "", denied.last};
  const Reached allowed = reached(service, "IPAddressAllow");
  if (allowed.beyond != nullptr)
    return {5U, "the service reaches the addresses that it lists", allowed.beyond};
  if (allowed.loopback != nullptr)
    return {2U, "the service reaches this host only", allowed.loopback};
  return {0U, "", denied.last};
}

Judgement assess_devices(const Service& service, const Test&) {
  const auto policy = service.device_policy();
  if (policy.value != "strict" && policy.value != "closed") return {10U, "", policy.by};
  const auto extra = service.extra_devices();
  if (!extra.value) return {0U, "", policy.by};
  return {5U, "the service may use some devices besides the harmless ones", extra.by};
}

// Names, weights and ranges are those of systemd-analyze(1) 252.
// clang-format off
constexpr Test kTests[] = {
    {"User=/DynamicUser=", "UserOrDynamicUser", 2000, 10, assess_user, "", "the service runs as a user of its own", "the service runs as root"},
    {"SupplementaryGroups=", "SupplementaryGroups", 200, 1, assess_groups, "", "the service is in no other groups", "the service is in other groups, too"},
    {"PrivateDevices=", "PrivateDevices", 1000, 1, assess_flag, "PrivateDevices", "the service sees no hardware devices", "the service sees hardware devices"},
    {"PrivateMounts=", "PrivateMounts", 1000, 1, assess_flag, "PrivateMounts", "what the service mounts stays its own", "what the service mounts, all see"},
    {"PrivateNetwork=", "PrivateNetwork", 2500, 1, assess_flag, "PrivateNetwork", "the service has no network of the host", "the service uses the network of the host"},
    {"PrivateTmp=", "PrivateTmp", 1000, 1, assess_flag, "PrivateTmp", "the service has a /tmp of its own", "the service shares /tmp with all others", true},
    {"PrivateUsers=", "PrivateUsers", 1000, 1, assess_flag, "PrivateUsers", "the service sees no other users", "the service sees all users"},
    {"ProtectControlGroups=", "ProtectControlGroups", 1000, 1, assess_flag, "ProtectControlGroups", "control groups are read-only to the service", "the service may change control groups"},
    {"ProtectKernelModules=", "ProtectKernelModules", 1000, 1, assess_flag, "ProtectKernelModules", "the service loads no kernel modules", "the service may load kernel modules"},
    {"ProtectKernelTunables=", "ProtectKernelTunables", 1000, 1, assess_flag, "ProtectKernelTunables", "kernel parameters are read-only to the service", "the service may change kernel parameters"},
    {"ProtectKernelLogs=", "ProtectKernelLogs", 1000, 1, assess_flag, "ProtectKernelLogs", "the kernel's log is closed to the service", "the service may read and clear the kernel's log"},
    {"ProtectClock=", "ProtectClock", 1000, 1, assess_flag, "ProtectClock", "the service cannot set the clock", "the service may set the clock"},
    {"ProtectHome=", "ProtectHome", 1000, 10, assess_home, "", "home directories are closed to the service", "home directories are open to the service", true},
    {"ProtectHostname=", "ProtectHostname", 50, 1, assess_flag, "ProtectHostname", "the service cannot rename the host", "the service may rename the host"},
    {"ProtectSystem=", "ProtectSystem", 1000, 10, assess_system, "", "the file system is read-only to the service", "the service may write anywhere", true},
    {"RootDirectory=/RootImage=", "RootDirectoryOrRootImage", 200, 1, assess_root, "", "the service has a root directory of its own", "the service sees the root directory of the host", true},
    {"LockPersonality=", "LockPersonality", 100, 1, assess_flag, "LockPersonality", "the service keeps its execution domain", "the service may change its execution domain"},
    {"MemoryDenyWriteExecute=", "MemoryDenyWriteExecute", 100, 1, assess_flag, "MemoryDenyWriteExecute", "no memory of the service is both writable and executable", "memory of the service may be both writable and executable"},
    {"NoNewPrivileges=", "NoNewPrivileges", 1000, 1, assess_flag, "NoNewPrivileges", "set-user-ID programs give the service no rights", "the service may gain rights by set-user-ID programs"},
    {"CapabilityBoundingSet=~CAP_SYS_ADMIN", "CapabilityBoundingSet_CAP_SYS_ADMIN", 1500, 1, assess_capabilities, "SYS_ADMIN", "the service can never administer the system", "the service may administer the system"},
    {"CapabilityBoundingSet=~CAP_SET(UID|GID|PCAP)", "CapabilityBoundingSet_CAP_SET_UID_GID_PCAP", 1500, 1, assess_capabilities, "SETUID SETGID SETPCAP", "the service can never become another user", "the service may become another user"},
    {"CapabilityBoundingSet=~CAP_SYS_PTRACE", "CapabilityBoundingSet_CAP_SYS_PTRACE", 1500, 1, assess_capabilities, "SYS_PTRACE", "the service can never trace other processes", "the service may trace other processes"},
    {"CapabilityBoundingSet=~CAP_SYS_TIME", "CapabilityBoundingSet_CAP_SYS_TIME", 1000, 1, assess_capabilities, "SYS_TIME", "the service can never set the clock", "the service has the right to set the clock"},
    {"CapabilityBoundingSet=~CAP_NET_ADMIN", "CapabilityBoundingSet_CAP_NET_ADMIN", 1000, 1, assess_capabilities, "NET_ADMIN", "the service can never configure the network", "the service may configure the network"},
    {"CapabilityBoundingSet=~CAP_SYS_RAWIO", "CapabilityBoundingSet_CAP_SYS_RAWIO", 1000, 1, assess_capabilities, "SYS_RAWIO", "the service can never reach hardware ports", "the service may reach hardware ports"},
    {"CapabilityBoundingSet=~CAP_SYS_MODULE", "CapabilityBoundingSet_CAP_SYS_MODULE", 1000, 1, assess_capabilities, "SYS_MODULE", "the service can never load kernel modules", "the service has the right to load kernel modules"},
    {"CapabilityBoundingSet=~CAP_AUDIT_*", "CapabilityBoundingSet_CAP_AUDIT", 500, 1, assess_capabilities, "AUDIT_CONTROL AUDIT_READ AUDIT_WRITE", "the service can never touch the audit system", "the service may touch the audit system"},
    {"CapabilityBoundingSet=~CAP_SYSLOG", "CapabilityBoundingSet_CAP_SYSLOG", 500, 1, assess_capabilities, "SYSLOG", "the service can never control the kernel's log", "the service may control the kernel's log"},
    {"CapabilityBoundingSet=~CAP_SYS_(NICE|RESOURCE)", "CapabilityBoundingSet_CAP_SYS_NICE_RESOURCE", 500, 1, assess_capabilities, "SYS_NICE SYS_RESOURCE", "the service can never pass limits on resources", "the service may pass limits on resources"},
    {"CapabilityBoundingSet=~CAP_MKNOD", "CapabilityBoundingSet_CAP_MKNOD", 500, 1, assess_capabilities, "MKNOD", "the service can never make device files", "the service may make device files"},
    {"CapabilityBoundingSet=~CAP_(CHOWN|FSETID|SETFCAP)", "CapabilityBoundingSet_CAP_CHOWN_FSETID_SETFCAP", 1000, 1, assess_capabilities, "CHOWN FSETID SETFCAP", "the service can never give files away", "the service may give files away, or capabilities to files"},
    {"CapabilityBoundingSet=~CAP_(DAC_*|FOWNER|IPC_OWNER)", "CapabilityBoundingSet_CAP_DAC_FOWNER_IPC_OWNER", 1000, 1, assess_capabilities, "DAC_OVERRIDE DAC_READ_SEARCH FOWNER IPC_OWNER", "permissions of files always hold for the service", "permissions of files need not hold for the service"},
    {"CapabilityBoundingSet=~CAP_KILL", "CapabilityBoundingSet_CAP_KILL", 500, 1, assess_capabilities, "KILL", "the service can never send signals to others", "the service may send signals to all processes"},
    // The lone parenthesis is systemd's.
    {"CapabilityBoundingSet=~CAP_NET_(BIND_SERVICE|BROADCAST|RAW)", "CapabilityBoundingSet_CAP_NET_BIND_SERVICE_BROADCAST_RAW)", 500, 1, assess_capabilities, "NET_BIND_SERVICE NET_BROADCAST NET_RAW", "the service can never take low ports or raw packets", "the service may take low ports or raw packets"},
    {"CapabilityBoundingSet=~CAP_SYS_BOOT", "CapabilityBoundingSet_CAP_SYS_BOOT", 100, 1, assess_capabilities, "SYS_BOOT", "the service can never restart the machine", "the service may restart the machine"},
    {"CapabilityBoundingSet=~CAP_MAC_*", "CapabilityBoundingSet_CAP_MAC", 100, 1, assess_capabilities, "MAC_ADMIN MAC_OVERRIDE", "the service can never change access control by labels", "the service may change access control by labels"},
    {"CapabilityBoundingSet=~CAP_LINUX_IMMUTABLE", "CapabilityBoundingSet_CAP_LINUX_IMMUTABLE", 75, 1, assess_capabilities, "LINUX_IMMUTABLE", "the service can never change the immutable mark of files", "the service may change the immutable mark of files"},
    {"CapabilityBoundingSet=~CAP_IPC_LOCK", "CapabilityBoundingSet_CAP_IPC_LOCK", 50, 1, assess_capabilities, "IPC_LOCK", "the service can never pin memory", "the service may pin memory"},
    {"CapabilityBoundingSet=~CAP_SYS_CHROOT", "CapabilityBoundingSet_CAP_SYS_CHROOT", 50, 1, assess_capabilities, "SYS_CHROOT", "the service can never change its root directory", "the service may change its root directory"},
    {"CapabilityBoundingSet=~CAP_BLOCK_SUSPEND", "CapabilityBoundingSet_CAP_BLOCK_SUSPEND", 25, 1, assess_capabilities, "BLOCK_SUSPEND", "the service can never keep the machine awake", "the service may keep the machine awake"},
    {"CapabilityBoundingSet=~CAP_WAKE_ALARM", "CapabilityBoundingSet_CAP_WAKE_ALARM", 25, 1, assess_capabilities, "WAKE_ALARM", "the service can never wake the machine", "the service may wake the machine"},
    {"CapabilityBoundingSet=~CAP_LEASE", "CapabilityBoundingSet_CAP_LEASE", 25, 1, assess_capabilities, "LEASE", "the service can never lease files of others", "the service may lease files of others"},
    {"CapabilityBoundingSet=~CAP_SYS_TTY_CONFIG", "CapabilityBoundingSet_CAP_SYS_TTY_CONFIG", 25, 1, assess_capabilities, "SYS_TTY_CONFIG", "the service can never hang up terminals", "the service may hang up terminals"},
    {"CapabilityBoundingSet=~CAP_SYS_PACCT", "CapabilityBoundingSet_CAP_SYS_PACCT", 25, 1, assess_capabilities, "SYS_PACCT", "the service can never switch accounting", "the service may switch accounting"},
    {"CapabilityBoundingSet=~CAP_BPF", "CapabilityBoundingSet_CAP_BPF", 25, 1, assess_capabilities, "BPF", "the service can never load BPF programs", "the service may load BPF programs"},
    {"UMask=", "UMask", 100, 10, assess_umask, "", "the files that the service makes are its own", "everybody may write the files that the service makes"},
    {"KeyringMode=", "KeyringMode", 1000, 1, assess_keyring, "", "the service has a keyring of its own", "the service shares a keyring with others"},
    {"ProtectProc=", "ProtectProc", 1000, 3, assess_proc, "", "the service sees its own processes in /proc", "the service sees all processes in /proc"},
    {"ProcSubset=", "ProcSubset", 10, 1, assess_proc_subset, "", "/proc shows processes only", "/proc shows all of the system"},
    {"NotifyAccess=", "NotifyAccess", 1000, 1, assess_notify, "", "children of the service cannot report its state", "any child of the service may report its state"},
    {"RemoveIPC=", "RemoveIPC", 100, 1, assess_remove_ipc, "RemoveIPC", "shared memory of the user goes with the service", "shared memory of the user outlives the service"},
    {"Delegate=", "Delegate", 100, 1, assess_delegate, "", "the service has no control groups to manage", "the service manages control groups by itself"},
    {"RestrictRealtime=", "RestrictRealtime", 500, 1, assess_flag, "RestrictRealtime", "the service gets no realtime scheduling", "the service may take realtime scheduling"},
    {"RestrictSUIDSGID=", "RestrictSUIDSGID", 1000, 1, assess_flag, "RestrictSUIDSGID", "the service cannot make set-user-ID files", "the service may make set-user-ID files"},
    {"RestrictNamespaces=~user", "RestrictNamespaces_user", 1500, 1, assess_namespace, "user", "the service makes no user namespaces", "the service may make user namespaces"},
    {"RestrictNamespaces=~mnt", "RestrictNamespaces_mnt", 500, 1, assess_namespace, "mnt", "the service makes no mount namespaces", "the service may make mount namespaces"},
    {"RestrictNamespaces=~ipc", "RestrictNamespaces_ipc", 500, 1, assess_namespace, "ipc", "the service makes no IPC namespaces", "the service may make IPC namespaces"},
    {"RestrictNamespaces=~pid", "RestrictNamespaces_pid", 500, 1, assess_namespace, "pid", "the service makes no process namespaces", "the service may make process namespaces"},
    {"RestrictNamespaces=~cgroup", "RestrictNamespaces_cgroup", 500, 1, assess_namespace, "cgroup", "the service makes no control group namespaces", "the service may make control group namespaces"},
    {"RestrictNamespaces=~net", "RestrictNamespaces_net", 500, 1, assess_namespace, "net", "the service makes no network namespaces", "the service may make network namespaces"},
    {"RestrictNamespaces=~uts", "RestrictNamespaces_uts", 100, 1, assess_namespace, "uts", "the service makes no host name namespaces", "the service may make host name namespaces"},
    {"RestrictAddressFamilies=~AF_(INET|INET6)", "RestrictAddressFamilies_AF_INET_INET6", 1500, 1, assess_families, "AF_INET AF_INET6", "the service opens no Internet sockets", "the service may open Internet sockets"},
    {"RestrictAddressFamilies=~AF_UNIX", "RestrictAddressFamilies_AF_UNIX", 25, 1, assess_families, "AF_UNIX", "the service opens no local sockets", "the service may open local sockets"},
    {"RestrictAddressFamilies=~AF_NETLINK", "RestrictAddressFamilies_AF_NETLINK", 200, 1, assess_families, "AF_NETLINK", "the service opens no netlink sockets", "the service may open netlink sockets"},
    {"RestrictAddressFamilies=~AF_PACKET", "RestrictAddressFamilies_AF_PACKET", 1000, 1, assess_families, "AF_PACKET", "the service opens no packet sockets", "the service may open packet sockets"},
    {"RestrictAddressFamilies=~…", "RestrictAddressFamilies_OTHER", 1250, 1, assess_families, "other", "the service opens no sockets of rare families", "the service may open sockets of rare families"},
    {"SystemCallArchitectures=", "SystemCallArchitectures", 1000, 10, assess_architectures, "", "the service uses the system calls of its architecture only", "the service may use the system calls of any architecture"},
    {"SystemCallFilter=~@swap", "SystemCallFilter_swap", 1000, 10, assess_system_calls, "@swap", "no system call of @swap may be used", ""},
    {"SystemCallFilter=~@obsolete", "SystemCallFilter_obsolete", 250, 10, assess_system_calls, "@obsolete", "no system call of @obsolete may be used", ""},
    {"SystemCallFilter=~@clock", "SystemCallFilter_clock", 1000, 10, assess_system_calls, "@clock", "no system call of @clock may be used", ""},
    {"SystemCallFilter=~@cpu-emulation", "SystemCallFilter_cpu_emulation", 250, 10, assess_system_calls, "@cpu-emulation", "no system call of @cpu-emulation may be used", ""},
    {"SystemCallFilter=~@debug", "SystemCallFilter_debug", 1000, 10, assess_system_calls, "@debug", "no system call of @debug may be used", ""},
    {"SystemCallFilter=~@mount", "SystemCallFilter_mount", 1000, 10, assess_system_calls, "@mount", "no system call of @mount may be used", ""},
    {"SystemCallFilter=~@module", "SystemCallFilter_module", 1000, 10, assess_system_calls, "@module", "no system call of @module may be used", ""},
    {"SystemCallFilter=~@raw-io", "SystemCallFilter_raw_io", 1000, 10, assess_system_calls, "@raw-io", "no system call of @raw-io may be used", ""},
    {"SystemCallFilter=~@reboot", "SystemCallFilter_reboot", 1000, 10, assess_system_calls, "@reboot", "no system call of @reboot may be used", ""},
    {"SystemCallFilter=~@privileged", "SystemCallFilter_privileged", 700, 10, assess_system_calls, "@privileged", "no system call of @privileged may be used", ""},
    {"SystemCallFilter=~@resources", "SystemCallFilter_resources", 700, 10, assess_system_calls, "@resources", "no system call of @resources may be used", ""},
    {"IPAddressDeny=", "IPAddressDeny", 1000, 10, assess_addresses, "", "the service reaches no address at all", "the service reaches every address"},
    {"DeviceAllow=", "DeviceAllow", 1000, 10, assess_devices, "", "the service may use harmless devices only", "no list says which devices the service may use"},
    {"AmbientCapabilities=", "AmbientCapabilities", 500, 1, assess_ambient, "", "the service is given no capabilities", "the service is given capabilities"},
};
// clang-format on

constexpr std::uint64_t divide_up(std::uint64_t a, std::uint64_t b) { return (a + b - 1) / b; }

}  // namespace

std::span<const Test> tests() { return kTests; }

Assessment assess(const Service& service) {
  Assessment assessment;
  const auto ordinary = service.default_dependencies();
  for (const Test& test : kTests) {
    Judgement judgement;
    if (test.ordinary_only && !ordinary.value)
      judgement = {{}, "it does not suit a service of the early boot", ordinary.by};
    else
      judgement = test.assess(service, test);
    if (judgement.badness) {
      assessment.badness += divide_up(*judgement.badness * test.weight, test.range);
      assessment.weight += test.weight;
    }
    if (judgement.why.empty()) judgement.why = judgement.badness == 0U ? test.good : test.bad;
    assessment.outcomes.push_back({&test, std::move(judgement)});
  }
  return assessment;
}

std::uint64_t Assessment::exposure() const { return divide_up(badness * 100, weight); }

std::uint64_t Assessment::share(const Outcome& outcome) const {
  const Test& test = *outcome.test;
  return divide_up(divide_up(outcome.judgement.badness.value_or(0) * test.weight * 100, test.range),
                   weight);
}

std::string_view level_of(std::uint64_t exposure) {
  return exposure >= 100  ? "DANGEROUS"
         : exposure >= 90 ? "UNSAFE"
         : exposure >= 75 ? "EXPOSED"
         : exposure >= 50 ? "MEDIUM"
         : exposure >= 10 ? "OK"
         : exposure >= 1  ? "SAFE"
                          : "PERFECT";
}

}  // namespace plimsoll::systemd_security
