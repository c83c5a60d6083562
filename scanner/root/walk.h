#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/root/root.h"

namespace plimsoll {

/// One thing met by the walk; what it refers to lives as long as the call that hands it over.
struct WalkEntry {
  const Root& root;
  std::string_view directory;  ///< canonical path of the directory it stands in
  std::string_view name;       ///< empty for the top of the root
  const Stat& stat;            ///< of the entry itself: links are not followed
  int directory_fd = -1;       ///< -1 where the root has no descriptors

  [[nodiscard]] std::string path() const;
  /// Of the entry itself; empty when it has none of that name.
  [[nodiscard]] Result<std::string> xattr(const char* attribute) const;
};

constexpr std::uint32_t bit(FileType type) { return 1U << static_cast<unsigned>(type); }

struct WalkOptions {
  /// Canonical paths of directories, none below another. `/` visits the top itself, too; of any
  /// other only what is below it.
  std::vector<std::string> starts = {"/"};
  std::uint32_t types = ~0U;  ///< bits of the types to visit; the others are not even looked at
  unsigned jobs = 1;          ///< threads
};

struct WalkReport {
  /// Directories that could not be read and entries that could not be looked at, sorted by path; a
  /// walk that meets very many keeps the first and says how many more there are, without a path.
  std::vector<Error> errors;
  /// Mount points of pseudo and network file systems, which are not walked.
  std::vector<std::string> skipped;
  std::uint64_t entries = 0;  ///< all that were met, visited or not
};

/// Called by several threads at once; `worker` is below `WalkOptions::jobs` and tells them apart.
using WalkVisitor = std::function<void(const WalkEntry& entry, unsigned worker)>;

/// Visits everything below the starting directories, in no particular order.
///
/// Links are never followed, also not one that takes the place of a directory during the walk.
/// Mounted file systems are crossed into, but for those that no disk holds or that another host or
/// a user's process answers for (mounts.h). Memory grows with the depth of the tree, not with the
/// number of files.
WalkReport walk(const Root& root, const WalkOptions& options, const WalkVisitor& visit);

}  // namespace plimsoll
