#pragma once

#include <string>
#include <vector>

#include "scanner/root/root.h"

namespace plimsoll::apache2 {

/// The files that an Include brings, in the order of their reading.
struct Included {
  std::vector<std::string> files;
  std::vector<Error> errors;  ///< directories that could not be listed, caps
  std::string problem;        ///< httpd would not start: nothing is there
};

/// Finds what Include names: a file, a directory with all below it, or a pattern with wildcards in
/// any part of the path (server/util.c, ap_dir_fnmatch).
struct Includes {
  std::string server_root;
  std::string document;  ///< of a source tree: the file that is read
  bool is_document = false;

  [[nodiscard]] Included find(const Root& root, const std::string& name, bool is_optional) const;
  [[nodiscard]] bool is_there(const Root& root, const std::string& name) const;

 private:
  [[nodiscard]] std::vector<std::string> places(const std::string& name) const;
};

}  // namespace plimsoll::apache2
