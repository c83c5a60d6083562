#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/base/result.h"
#include "scanner/baseline/plan.h"

namespace plimsoll {

/// `plimsoll.lock`: which version of a baseline is meant, and the SHA-256 of its TOML. One line
/// each, `ID VERSION sha256:HEX`, sorted; `#` begins a comment.
struct Lock {
  struct Pin {
    std::string version, sha256;
    std::uint32_t line = 0;
  };
  std::string file;
  std::map<std::string, Pin, std::less<>> pins;  ///< by id
};

/// Fails with `invalid` on a line that is none, or an id that is there twice.
Result<Lock> read_lock(std::string_view text, const std::string& file);
/// The lock of what a plan uses: the baselines that were chosen and the components of its rules.
std::string lock_text(const Plan& plan, const Library& library);

/// Leaves of each pinned baseline only the version that is pinned; says which is not there.
void apply_lock(const Lock& lock, Library& library, Diagnostics& problems);
/// Whether all that the plan uses is pinned, with the bytes that were pinned.
void check_lock(const Lock& lock, const Plan& plan, const Library& library, Diagnostics& problems);

}  // namespace plimsoll
