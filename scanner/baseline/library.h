#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/baseline/model.h"

namespace plimsoll {

/// A baseline before it is packed: its TOML and its examples go along, so that the lone binary can
/// show and test it.
struct Packed {
  Baseline baseline;
  std::string source;
  std::string examples;
};

/// All baselines as one byte string: an index first, so that a scan takes apart only what it needs.
std::string pack(const std::vector<Packed>& baselines);

/// The baselines at hand: those packed into the program and those read from files. Each is taken
/// apart when it is first asked for, and then lives as long as the library. Not for several
/// threads.
class Library {
 public:
  /// `packed` (what `pack` made) must outlive the library; it may be empty.
  explicit Library(std::string_view packed = {});

  /// One version of one baseline.
  struct Entry {
    std::string_view id, version;
    bool is_benchmark = false;
    std::vector<std::string_view> rules;  ///< ids, of a component
    std::string_view source, examples;    ///< TOML
    std::string_view packed;
    std::shared_ptr<Baseline> baseline;  ///< when taken apart, or read from a file
    std::shared_ptr<std::string> text;   ///< of one read from a file: what `source` points into
  };

  /// Adds one that was read from a file; it hides a packed one of the same id.
  const Entry& add(Baseline baseline, std::string source = {});
  /// Forgets the other versions of that baseline; false when there is none of this version.
  bool keep_version(std::string_view id, std::string_view version);

  /// Sorted by id, then version.
  [[nodiscard]] std::span<const Entry> entries() const { return entries_; }
  /// That version, or the latest when none is named; null when there is none.
  [[nodiscard]] const Entry* find(std::string_view id, std::string_view version = {}) const;
  /// `ID` or `ID@VERSION`.
  [[nodiscard]] const Entry* find_named(std::string_view name) const;
  /// The latest of each component.
  [[nodiscard]] std::vector<const Entry*> components() const;

  const Baseline& baseline(const Entry& entry);

 private:
  std::vector<Entry> entries_;
};

}  // namespace plimsoll
