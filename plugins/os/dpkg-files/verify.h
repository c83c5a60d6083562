#pragma once

#include "plugins/os/dpkg-files/filters.h"
#include "plugins/os/dpkg-files/inventory.h"
#include "scanner/probe/probe.h"

namespace plimsoll::dpkg_files {

enum class State : std::uint8_t { altered, missing, not_regular, unpackaged, checked };
std::string_view name_of(State state);

/// How much of a file is looked at.
enum class Depth : std::uint8_t { nothing, presence, content };

struct Depths {
  Depth files = Depth::content;
  Depth conffiles = Depth::content;
};

/// A file that is not as its package left it.
struct Difference {
  const Listed* listed = nullptr;
  State state = State::altered;
  std::string actual;  ///< the sum of what is there, or what it is instead of a file
};

struct Verified {
  std::vector<Difference> differences;
  std::vector<Error> errors;  ///< files that could not be judged
  std::uint64_t files = 0;    ///< that were looked at
  std::uint64_t hashed = 0;   ///< of these: read and summed up
  std::uint64_t bytes = 0;
};

/// Looks at every file of the inventory, on so many threads, streaming its bytes.
Verified verify(const Root& root, const Inventory& inventory, const Filters& filters,
                const Depths& depths, unsigned jobs);

}  // namespace plimsoll::dpkg_files
