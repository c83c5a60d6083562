#include "scanner/formats/properties.h"

#include <doctest/doctest.h>

using namespace plimsoll;

namespace {

std::string shown(std::string_view text, PropertySeparators separators = PropertySeparators::none) {
  std::string out;
  const Properties found = read_properties(text, "/x", separators);
  for (const Property& one : found.entries) {
    out += one.key + "|" + one.value;
    if (one.document > 0) out += "@" + std::to_string(one.document);
    out += ";";
  }
  return out;
}

}  // namespace

TEST_CASE("properties: assignments as java.util.Properties reads them") {
  struct Case {
    const char* why;
    std::string text;
    const char* entries;
  };
  const Case cases[] = {
      {"the three separators", "a=1\nb:2\nc 3\n", "a|1;b|2;c|3;"},
      {"blanks around one", "a \t= 1\nb : = 2\n", "a|1;b|= 2;"},
      {"blanks at the end are part of the value", "a=1 \n", "a|1 ;"},
      {"escaped separators are part of the key", "a\\=b\\ c\\:=1\n", "a=b c:|1;"},
      {"no value", "a\nb=\n", "a|;b|;"},
      {"no key", "=1\n", "|1;"},
      {"comments", "#a=1\n  !b=2\nc=#3\n", "c|#3;"},
      {"a comment does not go on", "# a \\\nb=1\n", "b|1;"},
      {"continuation drops blanks", "a=1\\\n   2\n", "a|12;"},
      {"an even number of backslashes ends the line", "a=1\\\\\nb=2\n", "a|1\\;b|2;"},
      {"an odd number does not", "a=1\\\\\\\nb=2\n", "a|1\\b=2;"},
      {"a line that goes on is no comment", "a=1\\\n#2\n", "a|1#2;"},
      {"nor does an empty one go on", "a=1\\\n\nb=2\n", "a|1;b|2;"},
      {"other line ends", "a=1\rb=2\r\nc=3\\\r\n 4", "a|1;b|2;c|34;"},
      {"the end of the file after a backslash", "a=1\\", "a|1;"},
      {"escapes", "a=\\t\\z\\\"\\u0041\n", "a|\tz\"A;"},
      {"a pair of surrogates is one character", "a=\\ud83d\\ude00\n", "a|\xF0\x9F\x98\x80;"},
      {"half a pair is none", "a=\\ud83dx\n", "a|\xEF\xBF\xBDx;"},
      {"the file is ISO-8859-1", "a=\xE4\xC3\xA4\n", "a|\xC3\xA4\xC3\x83\xC2\xA4;"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(shown(c.text) == c.entries);
  }
  CHECK(read_properties("a=1\nb=\\u00g0\n", "/x").errors.size() == 1);
  CHECK(read_properties("a=1\n\n  b=\\\n2\nc=3", "/x").entries[2].line == 5);
}

TEST_CASE("properties: documents") {
  struct Case {
    const char* why;
    const char* text;
    const char* entries;
  };
  const Case cases[] = {
      {"both signs", "a=1\n#---\nb=2\n!---\nc=3\n", "a|1;b|2@1;c|3@2;"},
      {"blanks behind it", "a=1\n#--- \t\nb=2\n", "a|1;b|2@1;"},
      {"not before it", "a=1\n #---\nb=2\n", "a|1;b|2;"},
      {"four dashes", "a=1\n#----\nb=2\n", "a|1;b|2;"},
      {"a comment in the line before", "a=1\n# x\n#---\nb=2\n", "a|1;b|2;"},
      {"a comment of the other sign there", "a=1\n! x\n#---\nb=2\n", "a|1;b|2@1;"},
      {"a comment right behind it", "a=1\n#---\n# x\nb=2\n", "a|1;b|2;"},
      {"at the top", "#---\na=1\n", "a|1;"},
      {"twice", "a=1\n#---\n\n#---\nb=2\n", "a|1;b|2@1;"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(shown(c.text, PropertySeparators::documents) == c.entries);
  }
  CHECK(shown("a=1\n#---\nb=2\n") == "a|1;b|2;");
}

TEST_CASE("properties: a limit to how many there are") {
  std::string many;
  for (int i = 0; i < 70000; ++i) many += "a\n";
  const Properties found = read_properties(many, "x");
  CHECK(found.entries.size() == 65536);
  REQUIRE(found.errors.size() == 1);
  CHECK(found.errors.front().code == ErrorCode::limit);
}
