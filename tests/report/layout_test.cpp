#include "scanner/report/layout.h"

#include <doctest/doctest.h>

using namespace plimsoll;

TEST_CASE("excerpt: the carets stand below the value") {
  struct Case {
    const char* why;
    std::string line;
    std::size_t column;
    std::string value;
    std::string under;  ///< what the carets underline
    bool is_value;
  };
  const Case cases[] = {
      {"the value, not the keyword", "PermitRootLogin yes", 1, "yes", "yes", true},
      {"a part of another word is not the value", "IgnoreRhosts no", 1, "no", "no", true},
      {"case does not count: dumps change it", "loglevel verbose", 1, "VERBOSE", "verbose", true},
      {"the column says where to begin", "a=1 b=1", 5, "1", "1", true},
      {"quotes stay outside", "Banner \"/etc/x\"", 1, "/etc/x", "/etc/x", true},
      {"a value spelled otherwise: the whole line", "  ClientAliveInterval 5m  ", 1, "300",
       "ClientAliveInterval 5m", false},
      {"no value to look for", "UsePAM yes", 1, "", "UsePAM yes", false},
      {"tabs are blanks", "a\tb", 1, "b", "b", true},
      {"a column past the end is none", "x y", 99, "y", "y", true},
      {"wide characters take two columns", "日本 y", 1, "y", "y", true},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const Excerpt shown = excerpt(c.line, c.column, c.value, 60);
    CHECK(shown.is_value == c.is_value);
    CHECK(shown.width == columns(c.under));
    // The columns before the span are those of the text before it.
    const auto at = shown.text.rfind(c.under);
    REQUIRE(at != std::string::npos);
    CHECK(columns(std::string_view(shown.text).substr(0, at)) == shown.at);
  }
}

TEST_CASE("excerpt: a line of megabytes is cut around the value") {
  const std::string line = std::string(3'000'000, 'x') + " yes " + std::string(3'000'000, 'y');
  const Excerpt shown = excerpt(line, 2'999'000, "yes", 60);
  CHECK(columns(shown.text) <= 60);
  CHECK(shown.text.find(" yes ") != std::string::npos);
  CHECK(shown.byte == 3'000'002);
  CHECK(columns(excerpt(line, 1, "yes", 60).text) <= 60);
  CHECK(excerpt(std::string(50, '\x1b') + " yes", 1, "yes", 40).text.ends_with(" yes"));
  CHECK(excerpt(std::string(50, 'k') + " yes", 1, "yes", 60).text == std::string(50, 'k') + " yes");
  CHECK(excerpt("", 1, "yes", 60).text.empty());
  CHECK(columns(excerpt(std::string(1000, '\x1b'), 1, "", 60).text) <= 60);
}

TEST_CASE("layout: prose wraps at blanks, below its label") {
  const Layout layout(false, 20);
  CHECK(layout.wrap("= ", "one two three four five") == "= one two three four\n  five\n");
  CHECK(layout.wrap("", "a/path/that/is/longer/than/the/page x") ==
        "a/path/that/is/longer/than/the/page\nx\n");
  CHECK(layout.wrap("x: ", "") == "x: \n");
  CHECK(layout.wrap("", "\x1b[31m") == "\\x1b[31m\n");
}
