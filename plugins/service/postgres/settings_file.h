#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scanner/root/root.h"

namespace plimsoll::postgres {

/// One line of a configuration file.
struct Setting {
  std::string name;   ///< in lower case
  std::string value;  ///< quotes and escapes resolved
  Origin origin;
};

/// What configuration files say, in reading order.
struct SettingsFiles {
  std::vector<Setting> settings;
  std::vector<Origin> files;    ///< read, in order
  std::vector<Error> refusals;  ///< for each the server takes nothing of any file
  std::vector<Error> gaps;      ///< what could not be read
};

/// Who reads.
struct SettingsReading {
  /// A file that lies anywhere: what it includes may lie elsewhere.
  bool is_document = false;
};

/// Reads a file with all that it includes. One that is not there is a refusal, if it `must` be.
void read_settings_file(const Root& root, const std::string& path, bool must,
                        const SettingsReading& reading, SettingsFiles& out);
void read_settings_text(const Root& root, const std::string& path, std::string_view text,
                        const SettingsReading& reading, SettingsFiles& out);

/// The last setting of that name, in lower case, or null.
const Setting* last_of(const std::vector<Setting>& settings, std::string_view name);

}  // namespace plimsoll::postgres
