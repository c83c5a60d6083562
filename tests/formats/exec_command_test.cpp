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
