#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/os/firewall/ruleset.h"

namespace plimsoll::firewall {

/// What a ruleset does, at one hook, with the packets that rules about firewalls speak of.
struct HookOutcome {
  std::string family;  ///< `ip` or `ip6`
  std::string hook;
  /// Whether a base chain stands there; without one everything is let through.
  const Chain* chain = nullptr;  ///< the first one, else null
  const Table* table = nullptr;
  bool drops_unmatched = false;   ///< a new packet that no rule names is not let through
  bool accepts_loopback = false;  ///< what the host sends to itself is
  bool drops_spoofed = false;     ///< what comes from elsewhere with a loopback source is not
  bool accepts_established = false;
  bool decided = true;  ///< false: the rules are too entangled to follow
};

/// input, forward and output for IPv4 and IPv6. nft(8), "Chains": a packet must be accepted by all
/// base chains of a hook.
std::vector<HookOutcome> outcomes(const Ruleset& ruleset);

/// A port that some rule lets new connections to, among those that the chains of the hook `input`
/// reach.
struct OpenPort {
  std::string family;  ///< `ip`, `ip6` or `inet`
  std::string protocol;
  std::string port;  ///< `22`, `1024-65535`, `@set`
  std::vector<std::string> sources;
  std::vector<std::string> interfaces;
  const Table* table = nullptr;
  const Chain* chain = nullptr;
  const Rule* rule = nullptr;
};
/// `complete` becomes false when the chains are too entangled to follow all of them.
std::vector<OpenPort> open_ports(const Ruleset& ruleset, bool& complete);

}  // namespace plimsoll::firewall
