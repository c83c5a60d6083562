#include "scanner/base/nearest.h"

#include <doctest/doctest.h>

#include <array>

using namespace plimsoll;

TEST_CASE("nearest_name: what somebody meant") {
  const std::array<std::string_view, 5> names = {"scan", "facts", "explain", "sshd", "sysctl"};
  struct Case {
    const char* why;
    const char* typed;
    const char* meant;
  };
  const Case cases[] = {
      {"two letters swapped are one mistake", "scna", "scan"},
      {"a letter is missing", "fact", "facts"},
      {"a letter too many", "ssshd", "sshd"},
      {"the start of a name is enough", "expl", "explain"},
      {"case does not count", "SYSCTL", "sysctl"},
      {"nothing is near", "frobnicate", ""},
      {"nothing was typed", "", ""},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(nearest_name(c.typed, names) == c.meant);
  }
  CHECK(nearest_name(std::string(100'000, 'a'), names).empty());
}
