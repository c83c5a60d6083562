#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "plugins/service/bind/node.h"
#include "scanner/base/result.h"
#include "scanner/root/root.h"

namespace plimsoll::bind {

/// A release of BIND: `9.18.49` is {18, 49}.
struct Version {
  int minor = 18;
  int patch = 0;
  bool is_known = false;  ///< a package says so

  [[nodiscard]] bool is_before(int of_minor) const { return minor < of_minor; }
};

/// Each view is held against what stands outside, so that they have a limit.
inline constexpr std::size_t kMostViews = 256;

/// named.conf with all that it includes.
struct Configuration {
  bool is_document = false;  ///< of a source tree: nobody knows what else there is
  Version version;
  std::string chroot;  ///< where named takes its paths from; empty for the root
  Block top;
  std::set<std::string, std::less<>> names;  ///< that keys of strange settings point to
  std::vector<std::string> files;            ///< as they were opened; Place::file counts them
  std::vector<std::uint32_t> begun;          ///< indices of these in the order of reading
  std::vector<Error> gaps;                   ///< what could not be read
  std::vector<Error> missing;                ///< documents: includes that are not in the tree
  std::optional<Error> directory;            ///< hosts: `directory` is not there
  std::optional<Error> refused;              ///< the first thing with which named does not start

  /// It is 9.18, whose grammar and checks are known here.
  [[nodiscard]] bool is_strict() const { return !is_document && version.minor == 18; }
  [[nodiscard]] const Block* options() const;
  [[nodiscard]] Origin origin(const Place& place) const;
  void refuse(std::string what, const Place& place);
};

/// Reads a file of a host and what it includes; `out` has version and chroot.
void load_file(const Root& root, const std::string& path, Configuration& out);
/// Reads a document of a source tree.
void load_document(const Root& root, std::string_view path, std::string_view text,
                   Configuration& out);

}  // namespace plimsoll::bind
