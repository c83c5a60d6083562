#include "plugins/os/file/capabilities.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <optional>

namespace plimsoll::files {
namespace {

// capabilities(7), in the order of linux/capability.h.
constexpr std::array kNames = std::to_array<std::string_view>({"cap_chown",
                                                               "cap_dac_override",
                                                               "cap_dac_read_search",
                                                               "cap_fowner",
                                                               "cap_fsetid",
                                                               "cap_kill",
                                                               "cap_setgid",
                                                               "cap_setuid",
                                                               "cap_setpcap",
                                                               "cap_linux_immutable",
                                                               "cap_net_bind_service",
                                                               "cap_net_broadcast",
                                                               "cap_net_admin",
                                                               "cap_net_raw",
                                                               "cap_ipc_lock",
                                                               "cap_ipc_owner",
                                                               "cap_sys_module",
                                                               "cap_sys_rawio",
                                                               "cap_sys_chroot",
                                                               "cap_sys_ptrace",
                                                               "cap_sys_pacct",
                                                               "cap_sys_admin",
                                                               "cap_sys_boot",
                                                               "cap_sys_nice",
                                                               "cap_sys_resource",
                                                               "cap_sys_time",
                                                               "cap_sys_tty_config",
                                                               "cap_mknod",
                                                               "cap_lease",
                                                               "cap_audit_write",
                                                               "cap_audit_control",
                                                               "cap_setfcap",
                                                               "cap_mac_override",
                                                               "cap_mac_admin",
                                                               "cap_syslog",
                                                               "cap_wake_alarm",
                                                               "cap_block_suspend",
                                                               "cap_audit_read",
                                                               "cap_perfmon",
                                                               "cap_bpf",
                                                               "cap_checkpoint_restore"});

constexpr std::uint32_t kRevisionMask = 0xff000000;
constexpr std::uint32_t kEffective = 1;

std::uint32_t little_endian(std::string_view bytes, std::size_t word) {
  std::uint32_t out = 0;
  for (std::size_t i = 4; i > 0; --i)
    out = out << 8U | static_cast<unsigned char>(bytes[word * 4 + i - 1]);
  return out;
}

/// How many 32-bit words of each set a revision holds; empty for one that is not known.
std::optional<std::size_t> words_of(std::uint32_t revision, std::size_t size) {
  if (revision == 0x01000000 && size == 12) return 1;
  if (revision == 0x02000000 && size == 20) return 2;
  if (revision == 0x03000000 && size == 24) return 2;  // and the uid of a namespace's root
  return std::nullopt;
}

}  // namespace

std::vector<std::string> decode_capabilities(std::string_view attribute) {
  if (attribute.empty()) return {};
  const std::uint32_t magic = attribute.size() < 4 ? 0 : little_endian(attribute, 0);
  const auto count = words_of(magic & kRevisionMask, attribute.size());
  if (!count) return {"unknown format"};
  std::uint64_t permitted = 0, inheritable = 0;
  for (std::size_t i = *count; i > 0; --i) {
    permitted = permitted << 32U | little_endian(attribute, 2 * i - 1);
    inheritable = inheritable << 32U | little_endian(attribute, 2 * i);
  }
  std::vector<std::string> out;
  for (std::size_t i = 0; i < 64; ++i) {
    const bool is_permitted = (permitted >> i & 1U) != 0;
    const bool is_inheritable = (inheritable >> i & 1U) != 0;
    if (!is_permitted && !is_inheritable) continue;
    // cap_to_text(3): a number where there is no name; the effective bit is one for all.
    std::string element = i < kNames.size() ? std::string(kNames[i]) : std::to_string(i);
    element += '=';
    if ((magic & kEffective) != 0) element += 'e';
    if (is_inheritable) element += 'i';
    if (is_permitted) element += 'p';
    out.push_back(std::move(element));
  }
  return out;
}

}  // namespace plimsoll::files
