#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/result.h"
#include "scanner/root/root.h"

namespace plimsoll {

/// One stanza of dpkg's database. The views point into the text of the file, which lives as long as
/// the Root.
struct DpkgPackage {
  std::string_view name;     ///< as written; dpkg takes it in lower case
  std::string_view version;  ///< without an epoch of 0, as dpkg prints it
  std::string_view architecture;
  std::string_view want;            ///< install hold deinstall purge unknown
  std::string_view flag;            ///< ok reinstreq
  std::string_view status;          ///< installed config-files unpacked half-configured ...
  std::string_view source;          ///< source package; empty when it has the binary package's name
  std::string_view source_version;  ///< empty when it is the binary package's
  std::string_view conffiles;       ///< what follows `Conffiles:`; parse_conffiles() takes it apart
  bool essential = false;
  bool coinstallable = false;  ///< `Multi-Arch: same`: may be there once an architecture
  std::string file;            ///< inside the root
  std::uint32_t line = 0;      ///< of its `Package` field

  /// The files of the package are in place: installed, or unpacked with a step left to do.
  [[nodiscard]] bool is_unpacked() const;
};

/// What dpkg knows: /var/lib/dpkg/status, the journal in updates/, and the files of status.d that
/// images without dpkg keep.
struct DpkgStatus {
  bool present = false;  ///< some database is there
  std::vector<DpkgPackage>
      packages;               ///< in reading order; a later stanza of a package replaces its place
  std::vector<Error> errors;  ///< what could not be read or parsed
};

DpkgStatus read_dpkg_status(const Root& root);

/// The version of a package whose files are in place, or nothing (also when the database cannot be
/// read). Looks for the one stanza and parses nothing else.
std::optional<std::string> installed_version(const Root& root, std::string_view package);

}  // namespace plimsoll
