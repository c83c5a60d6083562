#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace plimsoll::systemd {

/// What systemd makes of one assignment.
enum class Verdict : std::uint8_t {
  accepted,
  ignored,  ///< invalid: as if the line were not there
  fatal,    ///< invalid, and the rest of the file is not read; a unit file is refused as a whole
};

/// Whether a setting is one value or grows with each assignment.
enum class Form : std::uint8_t { scalar, list };

/// What `Key=` without a value does.
enum class Empty : std::uint8_t {
  resets,    ///< forgets what was assigned before
  ignored,   ///< nothing
  counts,    ///< resets, and is itself a value: the empty set
  turns_on,  ///< resets, and is itself a value: `yes`
  fatal,     ///< as a fatal value
};

/// Sections in which a directive is known.
enum Section : std::uint32_t {
  kUnit = 1,
  kService = 2,
  kSocket = 4,
  kMount = 8,
  kSwap = 16,
  kSlice = 32,
  kScope = 64,
  kTimer = 128,
  kPath = 256,
  kAutomount = 512,
  kInstall = 1024,
  kKill = kService | kSocket | kMount | kSwap | kScope,
  kExec = kService | kSocket | kMount | kSwap,
  kCgroup = kExec | kSlice | kScope,
  // of systemd's own programs, not of units
  kJournal = 1U << 11U,
  kLogin = 1U << 12U,
  kManager = 1U << 13U,
  kCoredump = 1U << 14U,
  kTime = 1U << 15U,
  kResolve = 1U << 16U,
  kUpload = 1U << 17U,
};

/// One row of the table of known directives (systemd.directives(7), systemd 252).
struct Directive {
  std::string_view name;
  std::uint32_t sections;
  Form form;
  Empty empty;
  /// Judges a value that is not empty. `unit` is the name of the unit, for specifiers.
  Verdict (*check)(std::string_view value, const Directive& directive, std::string_view unit);
  struct More {
    std::string_view choices = {};  ///< what `check` accepts: words with a bar between
    std::string_view now = {};      ///< the name that replaced this one
    std::string_view group = {};    ///< directives that fill one field, and reset it together
    std::string_view clears = {};   ///< a field that an empty assignment resets, too
  } more = {};

  [[nodiscard]] std::string_view key() const { return more.now.empty() ? name : more.now; }
  [[nodiscard]] std::string_view field() const { return more.group.empty() ? key() : more.group; }
};

/// The row for a key of a section, or null: systemd says "unknown key" and ignores it.
const Directive* find_directive(std::string_view section, std::string_view key);

/// The rows of journald.conf, logind.conf and the like, sorted by name.
std::span<const Directive> program_directives();

/// The section that a unit of a type has besides [Unit] and [Install]: `Service`; empty for none
/// with directives of its own.
std::string_view section_of_type(std::string_view type);

}  // namespace plimsoll::systemd
