#pragma once

#include <string>
#include <vector>

#include "scanner/baseline/plan.h"

namespace plimsoll {

/// All there is to know of one rule.
struct Explained {
  const PlannedRule* planned = nullptr;
  std::vector<const Parameter*> parameters;  ///< the ones it uses, as this host has them
  struct Benchmark {
    const Baseline* baseline = nullptr;
    const Baseline::Selected* selected = nullptr;
  };
  std::vector<Benchmark> benchmarks;
  const Site* site = nullptr;
  std::vector<const Waiver*> waivers;
};

std::string explain_text(const Explained& explained, bool color, std::size_t width);

}  // namespace plimsoll
