#pragma once

#include <cstdint>
#include <string>

namespace plimsoll {

/// Where a value comes from: a place in a file inside the root, or the program's built-in default.
struct Origin {
  std::string file;  ///< path as seen from inside the root, with a leading `/`; empty for a default
  std::uint32_t line = 0;    ///< from 1; 0 is the whole file
  std::uint32_t column = 0;  ///< from 1, in bytes; 0 is the whole line

  /// True when no file gave the value: the program's default stands.
  [[nodiscard]] bool is_default() const { return file.empty(); }
  friend bool operator==(const Origin&, const Origin&) = default;
};

}  // namespace plimsoll
