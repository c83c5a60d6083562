#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "scanner/base/origin.h"
#include "scanner/base/result.h"

namespace plimsoll {

/// How a value is to be compared. Text stays text; the others have a meaning beyond their spelling.
enum class Type : std::uint8_t {
  text,      ///< compared byte for byte
  boolean,   ///< yes/no, on/off, true/false, 1/0, enabled/disabled; any case
  integer,   ///< decimal, 0x hexadecimal or 0 octal; 64 bit
  mode,      ///< octal permission bits; `at_most` means "no bit outside of"
  duration,  ///< seconds; accepts 90, 1h30m, 2min, 1d, 500ms
  size,      ///< bytes; accepts 10K, 4M, 1G (binary), 10kB
  version,   ///< Debian version order (deb-version(7))
  list,      ///< ordered; separated by commas or blanks
  set,       ///< like a list, order does not matter
};

/// The word for a type as baselines and schemas spell it, and back.
std::string_view name_of(Type type);
std::optional<Type> type_named(std::string_view name);

/// One typed field of a row. monostate: the field does not apply to this row.
using Value =
    std::variant<std::monostate, bool, std::int64_t, std::string, std::vector<std::string>>;

/// A setting that is present but has no effect, and why the other one won.
struct Shadowed {
  std::string value;
  Origin origin;
  std::string why;  ///< "a later file sets it again", "the first value stands"
};

/// One row that a probe yields: a setting (scope, key, value), or a table row (fields in schema
/// order).
struct Fact {
  std::string scope;  ///< section or context; empty for the main one; nested ones joined with " > "
  std::string key;    ///< settings only
  std::string value;  ///< settings only, in the program's canonical spelling
  std::vector<Value> fields;  ///< rows only: as Probe::fields; what the end lacks does not apply
  Origin origin;
  std::vector<Shadowed> shadowed;
  /// Settings: the scope always holds, so no default stands behind this one (`Host *` of ssh).
  bool everywhere = false;
};

/// Something a probe could not see. Rules that rest on it become `unknown`.
struct Gap {
  enum class Effect : std::uint8_t {
    may_override,  ///< what was not read could change values that were found: rules become unknown
    may_add,       ///< what was not read could only hold more rows: drift stays drift, pass becomes
                   ///< unknown
  };
  Error error;
  /// Whose facts are in doubt: a scope (unit name, mount point) or a path; facts whose scope equals
  /// it, or whose scope or path lies below it (`subject`, `subject [X]`, `subject > x`,
  /// `subject/x`). `scope > key` names one setting of a scope. Empty: all of them.
  std::string subject;
  Effect effect = Effect::may_override;
  /// The columns (or keys) that are in doubt, as the schema names them; empty: all of them. The
  /// others are sure; rows that are missing (`may_add`) have a name that no row has, and nothing in
  /// other columns.
  std::vector<std::string_view> fields = {};
  /// How many more there were that differ in their line only: files may have millions of such
  /// lines.
  std::uint64_t alike = 0;
};

/// All that one run of a probe found out.
struct Facts {
  std::vector<Fact> rows;
  std::vector<Gap> gaps;
  /// Not empty: what this probe reads is not there (program not installed), and this says how we
  /// know.
  std::string not_applicable;
  /// Of a document: it is one that the probe is there for, and was not read all the same, as
  /// `not_applicable` says. Reports say so, whatever the others came to.
  bool passed_over = false;

  /// Adds a setting and returns it, so that shadowed values can be attached.
  Fact& setting(std::string key, std::string value, Origin origin, std::string scope = {});
  /// Adds a table row; `fields` in the order of the probe's schema.
  Fact& row(std::vector<Value> fields, Origin origin);
  /// Of many that are alike the first ones are kept, and the others counted.
  void gap(Error error, std::string subject = {}, Gap::Effect effect = Gap::Effect::may_override,
           std::vector<std::string_view> fields = {});
  /// The first setting of that key and scope, or null.
  [[nodiscard]] const Fact* find(std::string_view key, std::string_view scope = {}) const;
};

}  // namespace plimsoll
