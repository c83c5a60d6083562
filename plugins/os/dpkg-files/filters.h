#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scanner/root/root.h"

namespace plimsoll::dpkg_files {

/// What dpkg was told to leave out when it unpacks: `path-exclude` and `path-include` in dpkg.cfg.
struct Filters {
  struct Filter {
    std::string pattern;
    bool is_include = false;
  };
  std::vector<Filter> filters;
  std::vector<Error> errors;

  /// Whether a file of a package is not there because it was left out.
  [[nodiscard]] bool leave_out(std::string_view path) const;
};

Filters read_filters(const Root& root);

}  // namespace plimsoll::dpkg_files
