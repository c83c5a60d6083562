#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/origin.h"

namespace plimsoll::docker {

/// Of what kind a value is, in the file as Go decodes it and as a flag.
enum class Kind : std::uint8_t {
  boolean,
  integer,
  text,
  size,          ///< bytes with a unit
  address,       ///< an IP address
  list,          ///< of texts; the flag may be given many times
  map,           ///< of texts
  ulimits,       ///< of {Name, Soft, Hard}
  runtimes,      ///< of {path, runtimeArgs, ...}
  pools,         ///< a list of {base, size}
  features,      ///< a map of booleans
  network_opts,  ///< a map of maps of texts
  opaque,        ///< told by nobody: only its name is known
};

/// One option of dockerd, for versions from `since` and below `until`.
struct Option {
  std::string_view key;   ///< in daemon.json
  std::string_view flag;  ///< empty: there is none
  Kind kind = Kind::text;
  char shorthand = 0;
  std::string_view fallback = {};  ///< of a scalar
  int since = 0, until = 1000;     ///< major versions
  /// Of booleans that the program leaves nil where nothing is said, and of those that are read from
  /// `proxies` in the file.
  bool is_pointer = false, in_proxies = false;

  [[nodiscard]] bool is_known(int version) const { return since <= version && version < until; }
  /// The flag has the name of the file's key, so the file may use that name alone.
  [[nodiscard]] bool is_named() const { return key != flag; }
  [[nodiscard]] bool is_scalar() const { return kind <= Kind::address; }
};

std::span<const Option> options();
/// By the name of its flag, or by the exact or case-insensitive name in the file; null: none.
const Option* option_of_flag(std::string_view flag, int version);
const Option* option_of_shorthand(char shorthand, int version);
const Option* option_of_key(std::string_view key, int version, bool ignore_case);
/// A name that dockerd accepts in the file, whether it reads it or not: keys, and names of flags.
bool is_accepted_name(std::string_view name, int version);

/// The newest version that is known here; what is not installed by a package is taken for it.
inline constexpr int kNewest = 29;

/// A part of a value: of a scalar the only one, of a map with its name.
struct Item {
  std::string name, text;
  Origin origin;
  std::string scope = {};  ///< between the option and the name
};

/// What one source says of an option.
struct Given {
  bool is_set = false;      ///< it is mentioned with a value that is not null
  std::vector<Item> items;  ///< of an empty list none
  Origin origin;            ///< of the mention
  /// Go's zero value, which is as good as unset when sources are merged.
  [[nodiscard]] bool is_zero(Kind kind) const;
};

/// Of parts with one scope and name the last one, in order.
void keep_last(std::vector<Item>& items);

/// By the place of the option in options().
using Values = std::vector<Given>;
std::size_t index_of(const Option& option);

/// go-units' RAMInBytes: `64m`, `1 GiB`, `1.5g`; empty when it is none.
std::optional<std::int64_t> ram_in_bytes(std::string_view text);
/// strconv.ParseBool.
std::optional<bool> go_bool(std::string_view text);
/// go-units' ParseUlimit: `nofile=1024:2048`. Empty when it is none.
std::optional<Item> parse_ulimit(std::string_view text);

}  // namespace plimsoll::docker
