#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/probe/probe.h"

namespace plimsoll::spring {

/// What the name of a file says.
struct FileName {
  std::string place;  ///< its directory, or the one around it when that is `config`
  bool is_bootstrap = false;
  bool in_config = false;      ///< in the folder `config` of the place
  std::string profile;         ///< empty for none
  std::uint8_t extension = 0;  ///< 0 yaml, 1 yml, 2 properties: a later one wins
};
/// Empty for a file that Spring Boot does not read by itself.
std::optional<FileName> file_name(std::string_view path);

/// Files that a program finds in one place and reads together: a later one wins.
struct Place {
  std::vector<std::string> paths;  ///< sorted
  /// What each has to say, in the same order: made when the first is asked for, taken by each once.
  mutable std::once_flag once;
  mutable std::vector<Facts> facts;
};

struct Survey {
  std::map<std::string, std::unique_ptr<Place>, std::less<>> places;
};
std::shared_ptr<const void> survey(const Root& root, std::span<const std::string> paths);

/// The files of the place of that one, as they lie in its directories.
std::vector<std::string> files_around(const Root& root, std::string_view path);

/// A file of YAML that is an object of Kubernetes, or a template that becomes one; a configuration
/// of another framework.
bool is_others(const Document& document);
/// By its ending and its first words, whatever its name.
bool is_surely_ours(const Document& document);

/// The order in which files of one place are read, the strongest last.
bool is_read_before(std::string_view a, std::string_view b);

}  // namespace plimsoll::spring
