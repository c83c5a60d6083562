#pragma once

#include <span>
#include <string>
#include <vector>

#include "plugins/framework/spring/environment.h"
#include "scanner/base/fact.h"
#include "scanner/probe/probe.h"

namespace plimsoll::spring {

/// Where facts go: each to the file it is told with.
struct Telling {
  const Environment& environment;
  std::vector<Facts>& facts;
  /// The file that defaults are told with: the strongest one without a profile. None where there
  /// are bootstrap files and profiles alone.
  std::optional<std::uint32_t> main = std::nullopt;
  /// What is asked for; empty: everything.
  std::span<const Selection> selections = {};

  [[nodiscard]] std::string scope_name(std::uint32_t scope) const {
    return name_of(environment.scopes()[scope]);
  }
};

/// Every property, and Spring Boot's defaults of those that rules ask for.
void tell_properties(const Telling& telling);
/// What follows from several of them, or from a part of a value.
void tell_conclusions(const Telling& telling);

/// Whether the files configure a web server, and one of servlets.
bool is_web(const Environment& environment);
bool has_servlets(const Environment& environment);

}  // namespace plimsoll::spring
