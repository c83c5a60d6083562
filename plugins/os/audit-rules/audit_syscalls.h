#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Machines and their system calls by name and number, as libaudit has them.
namespace plimsoll::audit {

/// What an `arch` field can name. Of those from `ppc64le` on no table is here.
enum class Machine : std::uint8_t { x86_64, i386, aarch64, arm, ppc64le, ppc64, ppc, s390x, s390 };
constexpr std::size_t kTables = 4;

struct Syscall {
  std::string_view name;
  std::array<std::int16_t, kTables> numbers;  ///< by Machine; -1: not there
};
/// All calls of the machines that have a table, by name.
std::span<const Syscall> syscall_table();

inline bool has_table(Machine machine) { return static_cast<std::size_t>(machine) < kTables; }
/// As auditctl(8) spells it.
std::string_view machine_name(Machine machine);

/// The number of a call, in any case; none: that machine has no such call, or no table.
std::optional<int> syscall_number(std::string_view name, Machine machine);
/// The name of a call, or its number where it has none.
std::string syscall_name(int number, Machine machine);
/// All of them, sorted; nothing without a table.
std::vector<std::string> syscall_names(Machine machine);

/// The ABIs of a host.
struct Host {
  std::optional<Machine> b64;  ///< none: its kernel runs programs of 32 bits only
  std::optional<Machine> b32;
  [[nodiscard]] bool is_known() const { return b64 || b32; }
  [[nodiscard]] Machine native() const { return b64 ? *b64 : *b32; }
};

/// The machine that the value of `-F arch=` means on this host, as libaudit works it out: `b64` and
/// `b32`, a name in any case, the number of an ELF header. None: auditctl refuses it.
std::optional<Machine> machine_of(std::string_view value, const Host& host);

}  // namespace plimsoll::audit
