#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/formats/systemd/effective.h"
#include "scanner/formats/systemd/syscalls.h"

namespace plimsoll::systemd_security {

using systemd::Setting;

/// A value, and the line that decided it; null where it is the default.
template <class T>
struct Decided {
  T value;
  const Setting* by = nullptr;
};

/// A set of up to 64 things, and which line put each in or out.
struct Bits {
  std::uint64_t value = 0;
  std::array<const Setting*, 64> by{};

  void assign(std::uint64_t bits, const Setting* setting);
  void add(std::uint64_t bits, const Setting* setting);
  void remove(std::uint64_t bits, const Setting* setting);
  /// Whether any of `bits` is in, and the line for it: of the first that is, or the last for all.
  [[nodiscard]] Decided<bool> any(std::uint64_t bits) const;
};

/// An allow list or a deny list, which the first assignment chooses.
template <std::size_t N>
struct Filter {
  bool exists = false;
  bool allows = false;             ///< what is listed may be used, nothing else
  const Setting* first = nullptr;  ///< made it an allow or a deny list
  std::bitset<N> listed;
  std::array<const Setting*, N> by{};

  void start(bool allow_list, const Setting* setting) {
    if (exists) return;
    exists = true;
    allows = allow_list;
    first = setting;
  }
  void put(std::size_t at, bool in, const Setting* setting) {
    listed.set(at, in);
    by[at] = setting;
  }
  /// The line for one element.
  [[nodiscard]] const Setting* line(std::size_t at) const { return by[at] ? by[at] : first; }
};

/// How far a service is confined, as systemd has it after it loaded the unit and put in what
/// settings imply (systemd.exec(5), systemd.resource-control(5)). What happens only when a process
/// is started is not part of it, nor of `systemd-analyze security`.
class Service {
 public:
  /// `name`: for specifiers; a template is judged as an instance.
  Service(const systemd::LoadedUnit& unit, std::string name);

  /// Why systemd refuses to load the unit as a whole; null when it does not.
  [[nodiscard]] const char* refused() const;

  /// A boolean setting, after implications.
  [[nodiscard]] Decided<bool> flag(std::string_view key) const;
  /// The value of a scalar as written; empty where nothing sets it.
  [[nodiscard]] Decided<std::string_view> text(std::string_view key) const;
  /// All that stands of a list, in order.
  [[nodiscard]] const std::vector<const Setting*>& all(std::string_view key) const;
  [[nodiscard]] const std::string& name() const { return name_; }

  [[nodiscard]] Decided<bool> default_dependencies() const;
  /// The user's name; empty for root by default.
  [[nodiscard]] Decided<std::string> user() const;
  [[nodiscard]] bool is_privileged() const;
  [[nodiscard]] Decided<std::string_view> protect_home() const;
  [[nodiscard]] Decided<std::string_view> protect_system() const;
  /// A root directory or image other than `/`.
  [[nodiscard]] Decided<bool> own_root() const;
  /// `strict` and `closed` confine; what else may be used beside the harmless devices.
  [[nodiscard]] Decided<std::string_view> device_policy() const;
  [[nodiscard]] Decided<bool> extra_devices() const;

  Bits capabilities;  ///< the bounding set, by number
  Bits ambient;
  Bits namespaces;              ///< which may be made, as namespace_bits has them
  Filter<64> address_families;  ///< by number
  Filter<systemd::kMostSystemCalls> system_calls;

 private:
  void read_capabilities(std::string_view key, Bits& bits, std::uint64_t initial);
  void read_namespaces();
  void read_address_families();
  void read_system_calls();
  void take_system_call(std::string_view word, bool deny, const Setting* setting);
  [[nodiscard]] Decided<bool> encrypted_credentials(std::string_view plain,
                                                    std::string_view encrypted) const;

  const systemd::LoadedUnit& unit_;
  std::string name_;
  std::map<std::string_view, std::vector<const Setting*>, std::less<>> by_key_;
};

/// `mnt net` as bits; nothing when a word is no type of namespace.
std::uint64_t namespace_bits(std::string_view list);
/// The number of `AF_INET`; 0 for an unknown name.
unsigned address_family(std::string_view name);

}  // namespace plimsoll::systemd_security
