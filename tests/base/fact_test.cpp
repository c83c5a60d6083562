#include "scanner/base/fact.h"

#include <doctest/doctest.h>

#include <numeric>

using namespace plimsoll;

TEST_CASE("gaps: of a million that are alike the first are kept, and the others counted") {
  Facts facts;
  for (std::uint32_t line = 1; line <= 10000; ++line)
    facts.gap({ErrorCode::invalid, line % 2 == 0 ? "even" : "odd", {"/etc/x", line}});
  CHECK(facts.gaps.size() == 256);
  CHECK(facts.gaps.back().error.where.line == 256);
  const auto counted = [](std::uint64_t sum, const Gap& gap) { return sum + gap.alike; };
  CHECK(std::accumulate(facts.gaps.begin(), facts.gaps.end(), std::uint64_t{0}, counted) == 9744);
  // What differs in anything but its line is another one.
  facts.gap({ErrorCode::invalid, "even", {"/etc/y", 1}});
  facts.gap({ErrorCode::invalid, "even", {"/etc/x", 1}}, "a scope");
  facts.gap({ErrorCode::invalid, "even", {"/etc/x", 1}}, {}, Gap::Effect::may_add);
  facts.gap({ErrorCode::invalid, "even", {"/etc/x", 1}}, {}, Gap::Effect::may_override, {"column"});
  facts.gap({ErrorCode::invalid, "neither", {"/etc/x", 1}});
  facts.gap({ErrorCode::limit, "even", {"/etc/x", 1}});
  CHECK(facts.gaps.size() == 262);
}
