#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

/// System calls and their groups as systemd 252 and libseccomp 2.5.4 know them on amd64
/// (systemd.exec(5), SystemCallFilter=).
namespace plimsoll::systemd {

inline constexpr std::size_t kMostSystemCalls = 512;
using SystemCallSet = std::bitset<kMostSystemCalls>;

/// The place of a system call in a set; nothing for a name that libseccomp does not know.
std::optional<std::uint16_t> system_call(std::string_view name);
std::string_view system_call_name(std::uint16_t call);
/// Whether amd64 has it; libseccomp knows those of other architectures as well.
bool is_native(std::uint16_t call);
/// The members of a group (`@clock`), groups in it resolved, in systemd's order; null for an
/// unknown one.
const std::vector<std::uint16_t>* system_call_group(std::string_view name);

}  // namespace plimsoll::systemd
