#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::spring {

/// Profiles that all have to be active, `!NAME` for one that must not be. None: always.
using Condition = std::set<std::string>;

/// When a profile expression holds (Spring Framework, "Profile"): one of these conditions. No
/// condition at all: it never does, or cannot be told (`malformed`).
struct Conditions {
  std::vector<Condition> any;
  bool malformed = false;
};

/// `prod`, `!dev`, `prod & (eu | us)`. With commas between several, one of them is enough.
Conditions read_profiles(std::string_view expression);

/// When both hold.
Conditions both(const Conditions& a, const Conditions& b);

/// How a scope is called: `eu & prod`; empty for one that always holds.
std::string name_of(const Condition& condition);

}  // namespace plimsoll::spring
