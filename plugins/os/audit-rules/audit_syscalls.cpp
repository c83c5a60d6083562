#include "plugins/os/audit-rules/audit_syscalls.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "plugins/os/audit-rules/c_number.h"
#include "scanner/base/text.h"

namespace plimsoll::audit {
namespace {

struct Known {
  std::string_view name;
  Machine machine;
  std::uint32_t elf;  ///< linux/audit.h, AUDIT_ARCH_*
};
// The first of a machine is its own name.
constexpr auto kMachines = std::to_array<Known>({
    {"x86_64", Machine::x86_64, 0xc000003e},
    {"i386", Machine::i386, 0x40000003},
    {"i486", Machine::i386, 0x40000003},
    {"i586", Machine::i386, 0x40000003},
    {"i686", Machine::i386, 0x40000003},
    {"aarch64", Machine::aarch64, 0xc00000b7},
    {"arm", Machine::arm, 0x40000028},
    {"armeb", Machine::arm, 0x40000028},
    {"armv5tejl", Machine::arm, 0x40000028},
    {"armv5tel", Machine::arm, 0x40000028},
    {"armv6l", Machine::arm, 0x40000028},
    {"armv7l", Machine::arm, 0x40000028},
    {"armv8l", Machine::aarch64, 0xc00000b7},
    {"ppc64le", Machine::ppc64le, 0xc0000015},
    {"ppc64", Machine::ppc64, 0x80000015},
    {"ppc", Machine::ppc, 0x14},
    {"s390x", Machine::s390x, 0x80000016},
    {"s390", Machine::s390, 0x16},
});

int number_in(const Syscall& call, Machine machine) {
  return call.numbers[static_cast<std::size_t>(machine)];
}

constexpr std::size_t kNumbers = 1024;  // more than any table has
using ByNumber = std::array<std::array<std::string_view, kNumbers>, kTables>;

ByNumber names_by_number() {
  ByNumber out{};
  for (const Syscall& call : syscall_table())
    for (std::size_t machine = 0; machine < kTables; ++machine)
      if (call.numbers[machine] >= 0)
        out[machine].at(static_cast<std::size_t>(call.numbers[machine])) = call.name;
  return out;
}

}  // namespace

std::optional<std::uint64_t> c_number(std::string_view text) {
  if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
  int base = 10;
  if (istarts_with(text, "0x")) {
    base = 16;
    text.remove_prefix(2);
  } else if (text.front() == '0') {
    base = 8;
  }
  std::uint64_t value = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (end.ec == std::errc::result_out_of_range) return std::nullopt;
  return value;
}

std::string_view machine_name(Machine machine) {
  const auto known = std::find_if(kMachines.begin(), kMachines.end(),
                                  [&](const Known& one) { return one.machine == machine; });
  return known->name;
}

std::optional<int> syscall_number(std::string_view name, Machine machine) {
  if (!has_table(machine)) return std::nullopt;
  const std::string wanted = lower(name);
  const auto table = syscall_table();
  const auto found =
      std::lower_bound(table.begin(), table.end(), wanted,
                       [](const Syscall& one, std::string_view text) { return one.name < text; });
  if (found == table.end() || found->name != wanted || number_in(*found, machine) < 0)
    return std::nullopt;
  return number_in(*found, machine);
}

std::string syscall_name(int number, Machine machine) {
  static const auto kNames = names_by_number();
  const auto index = static_cast<std::size_t>(number);
  const bool is_in_table = has_table(machine) && number >= 0 && index < kNumbers;
  if (!is_in_table || kNames[static_cast<std::size_t>(machine)][index].empty())
    return fmt::format("{}", number);
  return std::string(kNames[static_cast<std::size_t>(machine)][index]);
}

std::vector<std::string> syscall_names(Machine machine) {
  std::vector<std::string> out;
  if (!has_table(machine)) return out;
  for (const Syscall& one : syscall_table())
    if (number_in(one, machine) >= 0) out.emplace_back(one.name);
  return out;
}

std::optional<Machine> machine_of(std::string_view value, const Host& host) {
  if (iequals(value, "b64")) return host.b64;
  if (iequals(value, "b32")) return host.b32;
  const auto elf = c_number(value);
  const auto known = std::find_if(kMachines.begin(), kMachines.end(), [&](const Known& one) {
    return elf ? one.elf == static_cast<std::uint32_t>(*elf) : iequals(one.name, value);
  });
  if (known == kMachines.end()) return std::nullopt;
  return known->machine;
}

}  // namespace plimsoll::audit
