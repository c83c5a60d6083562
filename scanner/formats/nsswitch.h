#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// nsswitch.conf(5), as glibc 2.36 reads it.
namespace plimsoll {

enum class NssStatus : std::uint8_t { success, not_found, unavailable, try_again };
enum class NssAction : std::uint8_t { proceed, stop, merge };

/// A service and what a look-up does after each of its answers.
struct NssService {
  std::string name;
  std::array<NssAction, 4> actions;  ///< by NssStatus
};

/// A line that names a database. Only its text is cut off here: which databases there are is for
/// the reader to know.
struct NssLine {
  std::string_view database;  ///< case counts
  std::string_view services;
  std::uint32_t number = 0;
};

/// All such lines. A last line without its end is none: glibc stops at the end of the file before
/// it looks at what it has read.
std::vector<NssLine> nss_lines(std::string_view text);

/// What stands behind the database; empty when an action is misspelt.
std::optional<std::vector<NssService>> parse_nss_services(std::string_view text);

/// `files [NOTFOUND=return] dns`: actions that are the default are left out, the others stand in a
/// fixed order.
std::string nss_text(const std::vector<NssService>& services);

}  // namespace plimsoll
