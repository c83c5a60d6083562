#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/os/pam/pam_control.h"
#include "scanner/base/fact.h"
#include "scanner/root/root.h"

namespace plimsoll {

enum class PamType : std::uint8_t { auth, account, password, session };
inline constexpr std::size_t kPamTypes = 4;
std::string_view name_of(PamType type);

/// One entry of a stack, in the order in which libpam comes to it.
struct PamHandler {
  enum class Kind : std::uint8_t {
    module,
    must_fail,  ///< a line that libpam cannot use: it counts as a module that denies
    substack,   ///< marks the start of one; runs nothing, but a jump counts it
  };
  Kind kind = Kind::module;
  PamActions actions{};
  unsigned level = 0;   ///< how deep in substacks
  std::string control;  ///< as written, brackets included
  std::string module;   ///< without its directory
  std::vector<std::string> arguments;
  bool quiet = false;  ///< `-` before the type: a missing module is not logged
  Origin origin;
};

using PamStack = std::vector<PamHandler>;

/// All of one service. What it does not define itself comes from `other`.
struct PamService {
  std::string name;
  std::array<PamStack, kPamTypes> stacks;
  std::array<bool, kPamTypes> from_other{};
  bool fragment = false;  ///< other files include it; no program is known to use it by itself
  bool aborts = false;    ///< libpam gives up on the configuration: every request fails
};

/// The services below /etc/pam.d and /usr/lib/pam.d, or in /etc/pam.conf where neither is there,
/// sorted by name; read once for all probes of a root. What could not be read is a gap with the
/// service as its subject.
const std::vector<PamService>& read_pam_services(const Root& root, Facts& facts);

}  // namespace plimsoll
