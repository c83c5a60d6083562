#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "plugins/os/pam/pam_stack.h"

namespace plimsoll {

/// Who asks. Modules that let root through fail for a user.
enum class PamCaller : std::uint8_t { anybody, user };

/// What holds of one module on all ways through its stack that end in PAM_SUCCESS. Without any
/// such way everything holds.
struct PamPosition {
  bool on_every_success = true;  ///< none of them goes without running it
  bool failure_denies = true;    ///< on none of them it runs and fails
  /// Modules that lie on one of them and on none run before this one has run.
  std::set<std::string> before;
};

struct PamPaths {
  bool can_succeed = false;
  bool bounded = true;                 ///< false: too many states; nothing else is known
  std::vector<PamPosition> positions;  ///< one for each handler of the stack
};

/// Follows the stack through every combination of results (pam_deny and pam_permit have one each,
/// every other module may return anything), states that look alike together.
PamPaths analyse_pam_stack(const PamStack& stack, PamType type,
                           PamCaller caller = PamCaller::anybody);

}  // namespace plimsoll
