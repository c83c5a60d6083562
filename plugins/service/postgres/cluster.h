#pragma once

#include <string>
#include <vector>

#include "plugins/service/postgres/settings_file.h"
#include "scanner/base/fact.h"

namespace plimsoll::postgres {

/// A server with its own configuration and data.
struct Cluster {
  std::string scope;     ///< `15/main`; empty where there is only one
  std::string file;      ///< its postgresql.conf
  unsigned version = 0;  ///< major; 0: not known
  std::string data_directory;
  SettingsFiles files;
  std::vector<Setting> command_line;

  /// What stands: of the command line, else the last of the files; null: the default.
  [[nodiscard]] const Setting* find(std::string_view name) const;
  /// The file that a setting (`hba_file`) names; `name` in the directory of the data without one.
  [[nodiscard]] std::string place(std::string_view setting, std::string_view name) const;
};

/// Those of Debian (/etc/postgresql/VERSION/CLUSTER), or where there are none those of other
/// layouts. What could not be looked at becomes gaps.
std::vector<Cluster> find_clusters(const Root& root, Facts& facts);

}  // namespace plimsoll::postgres
