#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/container/kube-flags/launch.h"
#include "scanner/probe/probe.h"

namespace plimsoll::kube {

struct Flag {
  std::string name;
  std::string value;
  Origin origin;
  bool open = false;  ///< nobody can tell the value
};

/// The two flag packages of Go.
enum class Dialect {
  pflag,  ///< `--name`, `-v`; flags and other words may be mixed; `_` in a name is `-`
  go,     ///< `-name` and `--name` are one; the first other word ends them
};

/// What a flag takes where no `=` follows its name.
enum class Takes { nothing, value, unknown };

/// By the schema; other flags that take nothing are among `booleans` (words).
Takes takes(std::span<const Field> fields, std::string_view booleans, std::string_view name);

struct CommandLine {
  std::vector<Flag> flags;  ///< in order
  std::optional<Argument>
      stray;                     ///< the first word that is no flag: none of the programs takes one
  std::optional<Argument> open;  ///< a word that may be any flag
};

/// A flag that takes a value takes the next word, whatever it is; one that is not known does so
/// unless that is a flag itself.
CommandLine parse_flags(const std::vector<Argument>& arguments, Dialect dialect,
                        Takes (*takes)(std::string_view name));

/// `true` or `false` for what strconv.ParseBool of Go takes; anything else as it is.
std::string canonical_boolean(std::string_view value);
/// `NAME=true,Other=0` with names trimmed and values in their canonical form.
std::string canonical_gates(std::string_view value);
/// What feature gates say of one that is beta and on by default; AllBeta speaks where nothing does.
std::optional<bool> gate_state(std::string_view gates, std::string_view name);

/// Effective settings by key.
struct Setting {
  std::string value;
  Origin origin;
  std::vector<Shadowed> shadowed;
};
using Settings = std::map<std::string, Setting, std::less<>>;

/// `setting` replaces the one of that key, which it then shadows.
void replace(Settings& settings, const std::string& key, std::string value, Origin origin,
             const char* why);
/// Takes a setting out, of which something else decides; put_back_shadowed hangs it on what that
/// is.
std::optional<Setting> take_out(Settings& settings, std::string_view key);
void put_back_shadowed(Settings& settings, std::string_view key, std::optional<Setting> loser,
                       const char* why);
/// The elements of `value` join those that are there; `NAME=...` replaces an earlier `NAME=...`.
void append(Settings& settings, const std::string& key, std::string_view value, Origin origin);
/// All of `upper` over what is there.
void put_over(Settings& settings, Settings upper, const char* why);
/// The value of a key, or empty.
std::string_view value_of(const Settings& settings, std::string_view key);
/// Takes out what is there without a value: for a text or a list that is as if it were not set.
void drop_empty(Settings& settings, std::span<const Field> fields);

}  // namespace plimsoll::kube
