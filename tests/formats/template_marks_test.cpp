#include "scanner/formats/template_marks.h"

#include <doctest/doctest.h>

using namespace plimsoll;

TEST_CASE("marks of template engines") {
  struct Case {
    const char *why, *text;
    bool is_one, with_variables;
  };
  const Case cases[] = {
      {"nothing", "", false, false},
      {"Jinja, Go", "a\nport = {{ port }}\n", true, true},
      {"a block", "{% if x %}\n", true, true},
      {"one that eats blanks", "{%- if x %}\n", true, true},
      {"ERB", "port = <%= @port %>\n", true, true},
      {"a format of times and processes", "'<%t> {%p}'\n", false, false},
      {"a variable of the environment", "port = ${PORT}\n", false, true},
      {"in comments all may stand", "# {{ x }}\n \t#${y} <%= z\n", false, false},
      {"behind a value it counts", "port = 1 # {{ x }}\n", true, true},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(has_template_marks(c.text) == c.is_one);
    CHECK(has_template_marks(c.text, true) == c.with_variables);
  }
  const Facts facts = passed_over_template("/a.conf");
  CHECK(facts.passed_over);
  CHECK(facts.not_applicable == "/a.conf is a template, which becomes a configuration later");
}
