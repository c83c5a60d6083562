#pragma once

#include <cstddef>

namespace plimsoll {

/// Caps on what a scan reads. Passing one is an error that names the cap, so the rules concerned
/// become `unknown`.
struct Limits {
  std::size_t file_bytes = 16U << 20U;    ///< one file
  std::size_t total_bytes = 512U << 20U;  ///< all files of a scan together
  std::size_t directory_entries =
      1U << 17U;                ///< one directory, when listed (the walk has no such cap)
  std::size_t link_depth = 40;  ///< symbolic links met while one path is resolved (as in Linux)
  std::size_t path_bytes = 4096;
};

}  // namespace plimsoll
