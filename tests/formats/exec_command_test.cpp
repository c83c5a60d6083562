#include <doctest/doctest.h>

#include "scanner/formats/systemd/env_file.h"

using namespace plimsoll::systemd;

TEST_CASE("env file: the grammar of EnvironmentFile=") {
  struct Case {
    const char *why, *text, *want;
  };
  const Case cases[] = {
      {"the value goes on to the end of the line", "A=b c  \nB=d", "A=b c|B=d|"},
      {"blanks around the name and before the value", "  A =  b\n", "A=b|"},
      {"comments, also over a line's end", "#A=1\n; B=2\n# x\\\nC=3\nD=4\n", "D=4|"},
      {"quotes end, and bare text goes on", "A='b c'd \"e\"\n", "A=b cd \"e\"|"},
      {"nothing is escaped in single quotes", "A='a\\\\b\nc'\n", "A=a\\\\b\nc|"},
      {"few bytes are escaped in double quotes", "A=\"\\$a \\n \\\"\\\\ \\\nb\"\n",
       "A=$a \\n \"\\ b|"},
      {"a bare backslash joins lines", "A=b \\\n c\\ \n", "A=b  c |"},
      {"export is a part of the name, which is none then", "export A=b\nB=\nC\n", "B=|"},
      {"the end comes early", "A=\"b", "A=b|"},
      {"carriage returns at the end do not count", "A =  x \t\r\n", "A=x|"},
      {"quotes inside of bare text stay", "A=x\"y\"\n", "A=x\"y\"|"},
      {"single quotes over two lines", "A='x\ny'\n", "A=x\ny|"},
      {"parts side by side", "A='x'\"y\" z\n", "A=xyz|"},
      {"a semicolon begins a comment as well, and no end of line is needed", ";A=no\nA=x", "A=x|"},
      {"no equals sign, no variable", "B\nA=x\n", "A=x|"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    std::string got;
    for (const EnvAssignment& each : parse_env_file(c.text))
      got += each.name + "=" + each.value + "|";
    CHECK(got == c.want);
  }
  CHECK(parse_env_file("\n\nA=1\n")[0].line == 3);
}
