// Every mistake that a baseline can hold, and what is said of it.
#include "scanner/baseline/load.h"

#include <doctest/doctest.h>

#include "tests/baseline/demo_probes.h"

using namespace plimsoll;

namespace {

const std::string kHead = R"(schema = 1
id = "demo"
version = "1.0.0"
title = "demo"
owner = "us"
reviewed = 2026-11-25
element = "os"
)";

/// A rule that is sound but for the lines given; line 8 of the file is `[[rule]]`, the lines given
/// begin at 14.
std::string with_rule(const std::string& lines, const std::string& head = kHead) {
  return head + R"([[rule]]
id = "demo.x"
title = "t"
severity = "low"
rationale = "r"
remediation = { summary = "s" }
)" + lines;
}

const std::string kSound = "probe = \"demo\"\nkey = \"maxauthtries\"\nexpect = { at_most = 4 }\n";

std::string problems_of(const std::string& text) {
  return render(load_baseline(text, "demo.toml", demo::kProbes).problems);
}

struct Case {
  std::string why;
  std::string text;
  std::string said;
};

const Case kRuleCases[] = {
    {"a sound rule", with_rule(kSound), ""},
    {"the operator of STYLE.md",
     with_rule("probe = \"demo\"\nkey = \"maxauthtries\"\nexpect = { atmost = 4 }\n"),
     R"(error: unknown operator `atmost` in rule `demo.x`
  --> demo.toml:16:12
    |
 16 | expect = { atmost = 4 }
    |            ^^^^^^
    |
   = help: use `at_most`
)"},
    {"an unknown key of a rule", with_rule(kSound + "titel = \"t\"\n"),
     R"(error: unknown key `titel` in rule `demo.x`
  --> demo.toml:17:1
    |
 17 | titel = "t"
    | ^^^^^
    |
   = help: use `title`
)"},
    {"a name for rows where none are asked about", with_rule(kSound + "called = \"x\"\n"),
     R"(error: `called` means nothing beside `expect` in rule `demo.x`
  --> demo.toml:17:1
    |
 17 | called = "x"
    | ^^^^^^
    |
)"},
    {"an unknown probe", with_rule("probe = \"demmo\"\nkey = \"maxauthtries\"\nexpect = 4\n"),
     R"(error: unknown probe `demmo` in rule `demo.x`
  --> demo.toml:14:9
    |
 14 | probe = "demmo"
    |         ^^^^^^^
    |
   = help: use `demo`
)"},
    {"no probe of that name, and none that is near: perhaps a plug-in",
     with_rule("probe = \"elsewhere\"\nkey = \"maxauthtries\"\nexpect = 4\n"),
     R"(error: unknown probe `elsewhere` in rule `demo.x`
  --> demo.toml:14:9
    |
 14 | probe = "elsewhere"
    |         ^^^^^^^^^^^
    |
   = help: `plimsoll probes` lists them; a plug-in needs `--plugin-dir`
)"},
    {"an unknown field", with_rule("probe = \"things\"\nwhere = { pahth = \"/x\" }\nnone = true\n"),
     R"(error: probe `things` has no field `pahth` in rule `demo.x`
  --> demo.toml:15:11
    |
 15 | where = { pahth = "/x" }
    |           ^^^^^
    |
   = help: use `path`
)"},
    {"an unknown key of a probe with closed keys",
     with_rule("probe = \"closed\"\nkey = \"other\"\nexpect = \"x\"\n"),
     R"(error: probe `closed` has no key `other` in rule `demo.x`
  --> demo.toml:15:7
    |
 15 | key = "other"
    |       ^^^^^^^
    |
   = help: one of `maxauthtries`, `permitrootlogin`, `ciphers`, `grace`, `groups`
)"},
    {"an open probe has other keys, too",
     with_rule("probe = \"demo\"\nkey = \"other\"\nexpect = \"x\"\n"), ""},
    {"but not a known one in other letters",
     with_rule("probe = \"demo\"\nkey = \"MaxAuthTries\"\nexpect = 4\n"),
     R"(error: probe `demo` has no key `MaxAuthTries` in rule `demo.x`
  --> demo.toml:15:7
    |
 15 | key = "MaxAuthTries"
    |       ^^^^^^^^^^^^^^
    |
   = help: use `maxauthtries`
)"},
    {"two letters off may be meant",
     with_rule("probe = \"demo\"\nkey = \"maxauthtrys\"\nexpect = \"x\"\n"), ""},
    {"a letter is missing", with_rule("probe = \"demo\"\nkey = \"maxauthtris\"\nexpect = \"x\"\n"),
     R"(error: probe `demo` has no key `maxauthtris` in rule `demo.x`
  --> demo.toml:15:7
    |
 15 | key = "maxauthtris"
    |       ^^^^^^^^^^^^^
    |
   = help: use `maxauthtries`
)"},
    {"settings are not asked like rows of a table",
     with_rule("probe = \"things\"\nkey = \"mode\"\nexpect = \"x\"\n"),
     R"(error: probe `things` yields rows, not settings, in rule `demo.x`
  --> demo.toml:16:10
    |
 16 | expect = "x"
    |          ^^^
    |
   = help: ask with `where` and `every`, `some`, `none` or `exactly`
)"},
    {"an operand is of the type of the key",
     with_rule("probe = \"demo\"\nkey = \"maxauthtries\"\nexpect = { at_most = \"many\" }\n"),
     R"(error: `many` is not an integer in rule `demo.x`
  --> demo.toml:16:22
    |
 16 | expect = { at_most = "many" }
    |                      ^^^^^^
    |
)"},
    {"an operator that the type does not know",
     with_rule("probe = \"demo\"\nkey = \"permitrootlogin\"\nexpect = { at_most = \"no\" }\n"),
     R"(error: `at_most` needs a value with an order, not a text in rule `demo.x`
  --> demo.toml:16:22
    |
 16 | expect = { at_most = "no" }
    |                      ^^^^
    |
)"},
    {"unless the rule gives it another type",
     with_rule(
         "probe = \"demo\"\nkey = \"other\"\ntype = \"duration\"\nexpect = { at_most = \"1h\" }\n"),
     ""},
    {"a type beside the operator does as well",
     with_rule(
         "probe = \"demo\"\nkey = \"other\"\nexpect = { at_most = \"4K\", type = \"size\" }\n"),
     ""},
    {"an unknown type",
     with_rule("probe = \"demo\"\nkey = \"other\"\ntype = \"number\"\nexpect = { at_most = 4 }\n"),
     R"(error: unknown type `number` in rule `demo.x`
  --> demo.toml:16:8
    |
 16 | type = "number"
    |        ^^^^^^^^
    |
   = help: one of `text`, `boolean`, `integer`, `mode`, `duration`, `size`, `version`, `list`, `set`
error: `at_most` needs a value with an order, not a text in rule `demo.x`
  --> demo.toml:17:22
    |
 17 | expect = { at_most = 4 }
    |                      ^
    |
)"},
    {"an expression that does not compile",
     with_rule("probe = \"demo\"\nkey = \"other\"\nexpect = { matches = \"(\" }\n"),
     R"(error: `(` is not a regular expression: missing ): ( in rule `demo.x`
  --> demo.toml:16:22
    |
 16 | expect = { matches = "(" }
    |                      ^^^
    |
)"},
    {"two operators",
     with_rule(
         "probe = \"demo\"\nkey = \"maxauthtries\"\nexpect = { at_least = 1, at_most = 4 }\n"),
     R"(error: a second operator `at_most` in `expect` of rule `demo.x`
  --> demo.toml:16:26
    |
 16 | expect = { at_least = 1, at_most = 4 }
    |                          ^^^^^^^
    |
   = help: one operator each; put two into `all = [{…}, {…}]`
)"},
    {"no operator", with_rule("probe = \"demo\"\nkey = \"maxauthtries\"\nexpect = {}\n"),
     R"(error: `expect` in rule `demo.x` has no operator
  --> demo.toml:16:10
    |
 16 | expect = {}
    |          ^
    |
)"},
    {"a fraction is ambiguous as a version",
     with_rule("probe = \"demo\"\nkey = \"other\"\nexpect = 1.2\n"),
     R"(error: an operand in rule `demo.x` is a number with a fraction
  --> demo.toml:16:10
    |
 16 | expect = 1.2
    |          ^
    |
   = help: write it in quotes
)"},
    {"an unknown parameter",
     with_rule("probe = \"demo\"\nkey = \"maxauthtries\"\nexpect = { at_most = \"$trys\" }\n",
               kHead + "parameter.tries = { type = \"integer\", default = 4, doc = \"d\" }\n"),
     R"(error: unknown parameter `$trys` in rule `demo.x`
  --> demo.toml:17:22
    |
 17 | expect = { at_most = "$trys" }
    |                      ^^^^^^^
    |
   = help: use `$tries`
)"},
    {"a parameter that nobody declared",
     with_rule("probe = \"demo\"\nkey = \"maxauthtries\"\nexpect = { at_most = \"$tries\" }\n"),
     R"(error: unknown parameter `$tries` in rule `demo.x`
  --> demo.toml:16:22
    |
 16 | expect = { at_most = "$tries" }
    |                      ^^^^^^^^
    |
   = help: declare it: `[parameter.tries]`
)"},
    {"two dollars are a text",
     with_rule("probe = \"demo\"\nkey = \"other\"\nexpect = \"$$tries\"\n"), ""},
    {"a rule that asks nothing", with_rule("probe = \"demo\"\nkey = \"maxauthtries\"\n"),
     R"(error: rule `demo.x` asks nothing
  --> demo.toml:8:1
   |
 8 | [[rule]]
   | ^
   |
   = help: give it `expect`, `every`, `some`, `none`, `exactly`, `all`, `any` or `not`
)"},
    {"a rule that asks twice", with_rule(kSound + "not = { key = \"other\", expect = \"x\" }\n"),
     R"(error: rule `demo.x` asks in more than one way
  --> demo.toml:8:1
   |
 8 | [[rule]]
   | ^
   |
   = help: put the parts into `all = [{…}, {…}]`
)"},
    {"a rule without probe", with_rule("key = \"maxauthtries\"\nexpect = 4\n"),
     R"(error: rule `demo.x` has no `probe`
  --> demo.toml:8:1
   |
 8 | [[rule]]
   | ^
   |
)"},
    {"a setting without key", with_rule("probe = \"demo\"\nexpect = 4\n"),
     R"(error: rule `demo.x` has no `key`
  --> demo.toml:8:1
   |
 8 | [[rule]]
   | ^
   |
)"},
    {"a word that means nothing there",
     with_rule("probe = \"things\"\nwhere = { path = \"/x\" }\nnone = true\nexplicit = true\n"),
     R"(error: `explicit` means nothing beside `where` in rule `demo.x`
  --> demo.toml:17:1
    |
 17 | explicit = true
    | ^^^^^^^^
    |
)"},
    {"a part of a composition is held to the same",
     with_rule("probe = \"demo\"\nany = [{ key = \"maxauthtries\", expcet = 4 }]\n"),
     R"(error: unknown key `expcet` in a part of rule `demo.x`
  --> demo.toml:15:32
    |
 15 | any = [{ key = "maxauthtries", expcet = 4 }]
    |                                ^^^^^^
    |
   = help: use `expect`
error: a part of rule `demo.x` asks nothing
  --> demo.toml:15:8
    |
 15 | any = [{ key = "maxauthtries", expcet = 4 }]
    |        ^
    |
   = help: give it `expect`, `every`, `some`, `none`, `exactly`, `all`, `any` or `not`
)"},
    {"a composition without parts", with_rule("probe = \"demo\"\nall = []\n"),
     R"(error: `all` in rule `demo.x` has no parts
  --> demo.toml:15:7
    |
 15 | all = []
    |       ^
    |
)"},
    {"none can only be true",
     with_rule("probe = \"things\"\nwhere = { path = \"/x\" }\nnone = false\n"),
     R"(error: `none` in rule `demo.x` can only be true
  --> demo.toml:16:8
    |
 16 | none = false
    |        ^^^^^
    |
)"},
    {"less than no row", with_rule("probe = \"things\"\nwhere = { path = \"/x\" }\nexactly = -1\n"),
     R"(error: `exactly` in rule `demo.x` is below zero
  --> demo.toml:16:11
    |
 16 | exactly = -1
    |           ^^
    |
)"},
    {"a word that when_absent does not know", with_rule(kSound + "when_absent = \"fail\"\n"),
     R"(error: unknown when_absent `fail` in rule `demo.x`
  --> demo.toml:17:15
    |
 17 | when_absent = "fail"
    |               ^^^^^^
    |
   = help: one of `unknown`, `drift`, `pass`, `not_applicable`
)"},
    {"of a plug-in that did not load nothing is known, so nothing is wrong",
     with_rule("probe = \"broken\"\nwhere = { anything = \"x\" }\nevery = { other = { at_most = "
               "\"x\" } }\n"),
     ""},
};

const Case kHeadCases[] = {
    {"all that is missing is said at once", "[[rule]]\nid = \"demo.x\"\n",
     R"(error: the baseline has no `schema`
error: the baseline has no `id`
error: the baseline has no `version`
error: the baseline has no `title`
error: the baseline has no `owner`
error: the baseline has no `reviewed`
error: the baseline has no `element`
error: rule `demo.x` has no `title`
error: rule `demo.x` has no `severity`
error: rule `demo.x` has no `rationale`
error: rule `demo.x` has no `remediation`
error: rule `demo.x` asks nothing
error: rule `demo.x` is not of component ``
)"},
};

/// The first line of each message.
std::string headlines(const std::string& said) {
  std::string out;
  for (std::size_t at = 0; at < said.size();) {
    const auto end = said.find('\n', at);
    const std::string line = said.substr(at, end - at + 1);
    if (line.starts_with("error:") || line.starts_with("warning:")) out += line;
    at = end + 1;
  }
  return out;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

struct HeadCase {
  std::string why;
  std::string from, to;
  std::string said;
};

const HeadCase kHeadEdits[] = {
    {"a schema of the future", "schema = 1", "schema = 2",
     "error: schema 2 is not known to this version\n"},
    {"a schema is a number", "schema = 1", "schema = \"1\"",
     "error: `schema` in baseline `demo` must be an integer, not a text\n"},
    {"a version has three numbers", "1.0.0", "1.0", "error: `1.0` is not a semantic version\n"},
    {"a version has no leading zero", "1.0.0", "1.00.0",
     "error: `1.00.0` is not a semantic version\n"},
    {"a version is a text", "\"1.0.0\"", "1.0",
     "error: `version` in baseline `demo` must be a text, not a number with a fraction\n"},
    {"a date is a date", "2026-11-25", "\"2026-11-25\"",
     "error: `reviewed` in baseline `demo` must be a date, not a text\n"},
    {"a day that does not exist is a syntax error", "2026-11-25", "2026-02-30",
     "error: error while parsing date: expected day between 1 and 28 (inclusive), saw 30\n"},
    {"an unknown element", "element = \"os\"", "element = \"oss\"",
     "error: unknown element `oss` in baseline `demo`\n"},
    {"an unknown key of the head", "owner", "ower",
     "error: unknown key `ower` in baseline `demo`\nerror: baseline `demo` has no `owner`\n"},
    {"a review that is never due", "element", "review_days = 0\nelement",
     "error: `review_days` must be from 1 to 36500\n"},
    {"an id with blanks", "id = \"demo\"", "id = \"the demo\"",
     "error: `the demo` is not a baseline id\nerror: rule `demo.x` is not of component `the "
     "demo`\n"},
    {"an empty title", "title = \"demo\"", "title = \" \"",
     "error: `title` in baseline `demo` is empty\n"},
    {"a rule id without component", "demo.x", "x", "error: `x` is not a rule id\n"},
    {"a rule id in capitals", "demo.x", "demo.X", "error: `demo.X` is not a rule id\n"},
    {"a rule of another component", "demo.x", "other.x",
     "error: rule `other.x` is not of component `demo`\n"},
    {"an unknown severity", "\"low\"", "\"lwo\"",
     "error: unknown severity `lwo` in rule `demo.x`\n"},
    {"a remediation has a summary", "summary = \"s\"", "sumary = \"s\"",
     "error: unknown key `sumary` in the remediation of rule `demo.x`\n"
     "error: the remediation of rule `demo.x` has no `summary`\n"},
    {"references are lists of texts", "rationale", "references = { ssg = [1] }\nrationale",
     "error: `ssg` in the references of rule `demo.x` must be an array of texts, not an integer\n"},
    {"rules are tables", "[[rule]]", "[rule]",
     "error: `rule` in baseline `demo` must be an array, not a table\nerror: baseline `demo` has "
     "no rules\n"},
    {"not TOML at all", "schema = 1", "schema == 1",
     "error: error while parsing value: could not determine value type\n"},
    {"a key twice", "schema = 1", "schema = 1\nschema = 1",
     "error: error while parsing key-value pair: cannot redefine existing integer 'schema'\n"},
};

const HeadCase kParameters[] = {
    {"sound", "", "type = \"integer\"\ndefault = 4\ndoc = \"d\"\n", ""},
    {"a range", "", "type = \"integer\"\ndefault = 4\nleast = 5\ndoc = \"d\"\n",
     "error: the default of parameter `p`: `4` is below 5, the least that `p` may be\n"},
    {"a range in seconds", "", "type = \"duration\"\ndefault = \"2h\"\nmost = 3600\ndoc = \"d\"\n",
     "error: the default of parameter `p`: `2h` is above 3600, the most that `p` may be\n"},
    {"choices", "", "type = \"text\"\ndefault = \"c\"\nchoices = [\"a\", \"b\"]\ndoc = \"d\"\n",
     "error: the default of parameter `p`: `c` is not one of `a`, `b`\n"},
    {"a default of the type", "", "type = \"integer\"\ndefault = \"many\"\ndoc = \"d\"\n",
     "error: the default of parameter `p`: `many` is not an integer\n"},
    {"one value", "", "type = \"integer\"\ndefault = [1, 2]\ndoc = \"d\"\n",
     "error: the default of parameter `p`: takes one value\n"},
    {"a set has several", "", "type = \"set\"\ndefault = [\"a\", \"b\"]\ndoc = \"d\"\n", ""},
    {"an unknown type", "", "type = \"int\"\ndefault = 1\ndoc = \"d\"\n",
     "error: unknown type `int` in parameter `p`\n"},
    {"what is missing", "", "leest = 1\n",
     "error: unknown key `leest` in parameter `p`\nerror: parameter `p` has no `type`\n"
     "error: parameter `p` has no `doc`\nerror: parameter `p` has no `default`\n"},
    {"a list of tables is no value", "", "type = \"set\"\ndefault = [{}]\ndoc = \"d\"\n",
     "error: a value cannot be a table\n"},
};

}  // namespace

TEST_CASE("mistakes in a rule are said with place, line and help") {
  for (const Case& c : kRuleCases) {
    CAPTURE(c.why);
    CHECK(problems_of(c.text) == c.said);
  }
}

TEST_CASE("all that is missing is said at once") {
  for (const Case& c : kHeadCases) {
    CAPTURE(c.why);
    CHECK(headlines(problems_of(c.text)) == c.said);
  }
}

TEST_CASE("mistakes in the head and in what every rule has") {
  const std::string sound = with_rule(kSound);
  for (const HeadCase& c : kHeadEdits) {
    CAPTURE(c.why);
    CHECK(headlines(problems_of(replaced(sound, c.from, c.to))) == c.said);
  }
}

TEST_CASE("mistakes in parameters") {
  for (const HeadCase& c : kParameters) {
    CAPTURE(c.why);
    CHECK(headlines(problems_of(with_rule(kSound) + "[parameter.p]\n" + c.to)) == c.said);
  }
  CHECK(headlines(problems_of(with_rule(kSound) +
                              "[parameter.P]\ntype = \"text\"\ndefault = \"a\"\ndoc = \"d\"\n")) ==
        "error: `P` is not a parameter name\n");
}

TEST_CASE("a second rule of the same id") {
  const std::string text = with_rule(kSound);
  const std::string again = with_rule(kSound, "");
  CHECK(problems_of(text + again) == R"(error: a second rule `demo.x`
  --> demo.toml:18:6
    |
 18 | id = "demo.x"
    |      ^^^^^^^^
    |
   = help: ids are never used twice
)");
}

TEST_CASE("a file that is something else does not drown the reader") {
  std::string text = kHead;
  for (int i = 0; i < 5000; ++i) text += "k" + std::to_string(i) + " = 1\n";
  CHECK(load_baseline(text, "demo.toml", demo::kProbes).problems.size() == 100);
}

TEST_CASE("a header without a key is a mistake, not the parser's end") {
  for (const char* header : {"[ %", "[[ %]]", "[ ", "[\t#"}) {
    CAPTURE(header);
    CHECK(problems_of(kHead + header).starts_with("error: "));
  }
}

TEST_CASE("`when` in the head narrows every rule") {
  const std::string when = "when = { probe = \"demo\", key = \"other\", expect = \"x\" }\n";
  const auto loaded = load_baseline(with_rule(kSound, kHead + when), "demo.toml", demo::kProbes);
  CHECK(render(loaded.problems).empty());
  REQUIRE(loaded.baseline.rules.size() == 1);
  REQUIRE(loaded.baseline.rules[0].when.has_value());
  CHECK(loaded.baseline.rules[0].when->key == "other");
}
