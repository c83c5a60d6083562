// Questions about rows: every, some, none, exactly, with what could not be read.
#include <doctest/doctest.h>

#include "tests/evaluate/judge.h"

using namespace plimsoll;
using namespace plimsoll::demo;

namespace {

const std::string kIn = "probe = \"things\"\nwhere = { path = { matches = \"/etc/.*\" } }\n";
const std::string kEvery = kIn + "every = { mode = { at_most = \"0644\" } }\n";
const std::string kSome = kIn + "some = { owner = \"bin\" }\n";
const std::string kNone = "probe = \"things\"\nwhere = { owner = \"eve\" }\nnone = true\n";
const std::string kTwo = kIn + "exactly = 2\n";

Facts things(std::initializer_list<std::tuple<const char*, int, const char*>> rows) {
  Facts facts;
  for (const auto& [path, mode, owner] : rows) thing(facts, path, mode, owner);
  return facts;
}

struct Case {
  std::string why;
  std::string rule;
  Facts facts;
  std::string outcome;
};

std::vector<Case> cases() {
  const Facts none = things({{"/var/x", 0777, "bin"}});
  const Facts one_bad =
      things({{"/etc/a", 0644, "root"}, {"/etc/b", 0666, "root"}, {"/x", 0777, "root"}});
  return {
      {"every: all selected rows conform", kEvery,
       things({{"/etc/a", 0600, "root"}, {"/x", 0777, "root"}}), "pass"},
      {"every: one does not", kEvery, one_bad,
       "drift\n/etc/b:0 `/etc/b`: `mode` is `0666`; wanted: `0644` or stricter"},
      {"every: no row is no drift", kEvery, none, "pass"},
      {"every: … unless the rule says so", kEvery + "when_absent = \"drift\"\n", none,
       "drift\na fact of `things` with `path` a match of `/etc/.*` is not there"},
      {"every: a field that does not apply conforms to nothing", kEvery,
       [] {
         Facts facts;
         facts.row({Value{std::string("/etc/a")}, Value{}, Value{std::string("root")}},
                   {"/etc/a", 0, 0});
         return facts;
       }(),
       "drift\n/etc/a:0 `/etc/a`: there is no `mode`; wanted: `0644` or stricter"},
      {"every: several fields, and only those that fail are named",
       kIn + "every = { mode = \"0644\", owner = \"root\" }\n", things({{"/etc/a", 0644, "eve"}}),
       "drift\n/etc/a:0 `/etc/a`: `owner` is `eve`; wanted: `root`"},
      {"some: one does", kSome, things({{"/etc/a", 0644, "root"}, {"/etc/b", 0644, "bin"}}),
       "pass"},
      {"some: one does, but it was not asked about", kSome, none,
       "drift\na fact of `things` with `path` a match of `/etc/.*` is not there; wanted: `owner` "
       "`bin`"},
      {"some: what is missing has a name", kSome + "called = \"a file of root\"\n", none,
       "drift\na file of root is not there"},
      {"some: no row may mean something else", kSome + "when_absent = \"not_applicable\"\n", none,
       "not_applicable: a fact of `things` with `path` a match of `/etc/.*` is not there"},
      {"some: there are rows, and none does", kSome,
       things({{"/etc/a", 0600, "eve"}, {"/etc/b", 0600, "eve"}}),
       "drift\nnone of the 2 facts of `things` with `path` a match of `/etc/.*` found has what is "
       "wanted: "
       "`owner` `bin`"},
      {"exactly one: the missing one has a name",
       "probe = \"things\"\nwhere = { path = \"/etc/a\", mode = { none_of = [\"0777\"] } "
       "}\nexactly = 1\n",
       none, "drift\n`/etc/a` with `mode` anything but `0777` is not there"},
      {"none: there is none", kNone, none, "pass"},
      {"none: there are two", kNone, things({{"/a", 0644, "eve"}, {"/b", 0600, "eve"}}),
       "drift\n/a:0 `/a` should not be there: `owner` is `eve`\n"
       "/b:0 `/b` should not be there: `owner` is `eve`"},
      {"exactly: as many", kTwo, things({{"/etc/a", 0644, "root"}, {"/etc/b", 0644, "bin"}}),
       "pass"},
      {"exactly: too few", kTwo, things({{"/etc/a", 0644, "root"}}),
       "drift\n1 fact of `things` with `path` a match of `/etc/.*` found; wanted: 2"},
      {"exactly: too many", kIn + "exactly = 0\n", things({{"/etc/a", 0644, "root"}}),
       "drift\n1 fact of `things` with `path` a match of `/etc/.*` found; wanted: 0"},
  };
}

struct GapCase {
  std::string why;
  std::string rule;
  Facts facts;
  Gap hole;
  std::string outcome;
};

std::vector<GapCase> gap_cases() {
  using enum Gap::Effect;
  const std::string unknown = "unknown: /g: permission denied";
  const Facts good = things({{"/etc/a", 0600, "bin"}, {"/etc/b", 0600, "root"}});
  const Facts bad = things({{"/etc/a", 0666, "eve"}});
  const Facts in_etc = [] {
    Facts facts;
    facts.row({Value{std::string("/etc/a")}, Value{std::int64_t{0600}}, Value{std::string("root")},
               Value{std::string("/etc")}},
              {"/etc/a", 0, 0});
    return facts;
  }();
  const std::string named =
      "probe = \"things\"\nwhere = { path = \"/etc/a\" }\nevery = { mode = \"0600\" }\n";
  return {
      {"every: there may be more rows", kEvery, good, gap(may_add), unknown},
      {"every: a bad row stays bad", kEvery, bad, gap(may_add),
       "drift\n/etc/a:0 `/etc/a`: `mode` is `0666`; wanted: `0644` or stricter"},
      {"every: a bad row may be overridden", kEvery, bad, gap(may_override), unknown},
      {"every: a bad row below the subject may be overridden", kEvery, bad,
       gap(may_override, "/etc"), unknown},
      {"every: a bad row elsewhere may not", kEvery, bad, gap(may_override, "/srv"),
       "drift\n/etc/a:0 `/etc/a`: `mode` is `0666`; wanted: `0644` or stricter"},
      {"every: what is asked for by name does not hang on other directories", named, good,
       gap(may_add, "/srv"), "pass"},
      {"every: but on its own", named, good, gap(may_add, "/etc"), unknown},
      {"every: /etcetera is not below /etc", named, good, gap(may_add, "/et"), "pass"},
      {"every: what is asked for in one directory does not hang on others",
       "probe = \"things\"\nwhere = { directory = \"/etc\" }\nevery = { mode = \"0600\" }\n",
       in_etc, gap(may_add, "/srv"), "pass"},
      {"every: but on what is below it",
       "probe = \"things\"\nwhere = { directory = \"/etc\" }\nevery = { mode = \"0600\" }\n",
       in_etc, gap(may_add, "/etc/x"), unknown},
      {"every: and on what is above it",
       "probe = \"things\"\nwhere = { directory = { one_of = [\"/etc/ssh\"] } }\nevery = { mode = "
       "\"0600\" }\n",
       in_etc, gap(may_add, "/etc"), unknown},
      {"some: one that does is enough", kSome, good, gap(may_add), "pass"},
      {"some: one that does may be overridden", kSome, good, gap(may_override), unknown},
      {"some: none that does, but there may be more", kSome, bad, gap(may_add), unknown},
      {"none: there may be more", kNone, good, gap(may_add), unknown},
      {"none: one is enough", kNone, bad, gap(may_add),
       "drift\n/etc/a:0 `/etc/a` should not be there: `owner` is `eve`"},
      {"exactly: there may be more", kTwo, good, gap(may_add), unknown},
      {"exactly: too many stays too many", kIn + "exactly = 1\n", good, gap(may_add),
       "drift\n2 facts of `things` with `path` a match of `/etc/.*` found; wanted: 1"},
      {"no row, and it is not known whether there is one", kEvery + "when_absent = \"drift\"\n",
       Facts{}, gap(may_add), unknown},
  };
}

}  // namespace

TEST_CASE("rows are selected and counted") {
  for (const Case& c : cases()) {
    CAPTURE(c.why);
    CHECK(summary(judge(baseline_with(c.rule), {{&kTable, c.facts}})) == c.outcome);
  }
}

TEST_CASE("what could not be read makes rows unknown where it could change the verdict") {
  for (const GapCase& c : gap_cases()) {
    CAPTURE(c.why);
    Facts facts = c.facts;
    facts.gaps.push_back(c.hole);
    CHECK(summary(judge(baseline_with(c.rule), {{&kTable, facts}})) == c.outcome);
  }
}

TEST_CASE("a gap about some fields leaves the others sure") {
  using enum Gap::Effect;
  const std::string unknown = "unknown: /g: permission denied";
  const Facts rows = things({{"/etc/a", 0666, "root"}, {"/etc/b", 0600, "eve"}});
  const auto gap_about = [](Gap::Effect effect, std::vector<std::string_view> fields,
                            const std::string& subject = {}) {
    Gap out = gap(effect, subject);
    out.fields = std::move(fields);
    return out;
  };
  const std::string named = "probe = \"things\"\nwhere = { path = \"/etc/a\" }\n";
  const GapCase cases[] = {
      {"the field that is asked for is in doubt", named + "every = { mode = \"0666\" }\n", rows,
       gap_about(may_override, {"mode"}), unknown},
      {"another one is", named + "every = { mode = \"0666\" }\n", rows,
       gap_about(may_override, {"owner"}), "pass"},
      {"a drift on a sure field stays", named + "every = { mode = \"0600\" }\n", rows,
       gap_about(may_override, {"owner"}),
       "drift\n/etc/a:0 `/etc/a`: `mode` is `0666`; wanted: `0600`"},
      {"a sure field decides which rows are asked about",
       "probe = \"things\"\nwhere = { owner = \"bin\", mode = \"0666\" }\nnone = true\n", rows,
       gap_about(may_override, {"mode"}), "pass"},
      {"where it does not, the row may be one",
       "probe = \"things\"\nwhere = { owner = \"root\", mode = \"0600\" }\nnone = true\n", rows,
       gap_about(may_override, {"mode"}), unknown},
      {"the field of another row is in doubt", named + "every = { mode = \"0666\" }\n", rows,
       gap_about(may_override, {"mode"}, "/etc/b"), "pass"},
      {"rows that are missing have a name of their own", named + "every = { mode = \"0666\" }\n",
       rows, gap_about(may_add, {"owner"}), "pass"},
      {"which may be the one asked for",
       "probe = \"things\"\nwhere = { path = [\"/etc/a\", \"/etc/c\"] }\nnone = true\n", Facts{},
       gap_about(may_add, {"owner"}), unknown},
      {"and nothing in other fields",
       "probe = \"things\"\nwhere = { mode = \"0777\" }\nnone = true\n", rows,
       gap_about(may_add, {"owner"}), "pass"},
      {"but anything in these", kNone, things({{"/etc/a", 0666, "root"}}),
       gap_about(may_add, {"owner"}), unknown},
      {"every row, those that are missing too",
       "probe = \"things\"\nevery = { path = { matches = \"/.*\" } }\n", rows,
       gap_about(may_add, {"owner"}), unknown},
  };
  for (const GapCase& c : cases) {
    CAPTURE(c.why);
    Facts facts = c.facts;
    facts.gaps.push_back(c.hole);
    CHECK(summary(judge(baseline_with(c.rule), {{&kTable, facts}})) == c.outcome);
  }
}

TEST_CASE("settings can be asked like rows") {
  const std::string rule =
      "probe = \"demo\"\nkey = \"rule\"\nwhere = { value = { contains = \"NOPASSWD\" } }\nnone = "
      "true\n";
  const Facts facts = settings({{"root", "rule", "ALL=(ALL) ALL", "1"},
                                {"bob", "rule", "ALL=(ALL) NOPASSWD: ALL", "2"},
                                {"bob", "other", "NOPASSWD", "3"}});
  CHECK(summary(judge(baseline_with(rule), {{&kOpen, facts}})) ==
        "drift\n/f:2 `rule` `ALL=(ALL) NOPASSWD: ALL` in `bob` should not be there");
}

TEST_CASE("a row whose field is not of the type is unknown") {
  const std::string rule =
      "probe = \"things\"\nwhere = { path = { type = \"integer\", at_most = 4 } }\nnone = true\n";
  CHECK(summary(judge(baseline_with(rule), {{&kTable, things({{"/etc/a", 0600, "root"}})}})) ==
        "unknown: `/etc/a`: path: `/etc/a` is not an integer");
}

TEST_CASE("a probe may leave out conforming rows only where that cannot change the verdict") {
  const auto conforming = [](const std::string& rule) {
    const Baseline baseline = baseline_with(rule);
    const auto check = compile_check(baseline.rules[0].check, {kProbes, {}});
    REQUIRE(check.has_value());
    return check->selection.conforming.size();
  };
  CHECK(conforming(kEvery) == 1);
  CHECK(conforming(kEvery + "when_absent = \"drift\"\n") == 0);
  CHECK(conforming(kSome) == 0);
}
