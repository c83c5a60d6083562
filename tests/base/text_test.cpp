#include "scanner/base/text.h"

#include <doctest/doctest.h>

#include <string>

using namespace plimsoll;

TEST_CASE("find_text: from the start, from behind, and not at all") {
  CHECK(find_text("a needle, a needle", "needle") == 2);
  CHECK(find_text("a needle, a needle", "needle", 3) == 12);
  CHECK(find_text("a needle", "needle", 8) == std::string::npos);
  CHECK(find_text("a needle", "needle", 9) == std::string::npos);
  CHECK(find_text("needl", "needle") == std::string::npos);
  CHECK(find_text("", "x") == std::string::npos);
  CHECK(contains(std::string("a\0b", 3), "b"));
}

TEST_CASE("has_line_starting: at the left edge, of any line") {
  CHECK(has_line_starting("services:\n", "services:"));
  CHECK(has_line_starting("# x\nspring.a=b", "spring: spring."));
  CHECK_FALSE(has_line_starting(" services:\n", "services:"));
  CHECK_FALSE(has_line_starting("my-services:\n", "services:"));
  CHECK_FALSE(has_line_starting("", "services:"));
}
