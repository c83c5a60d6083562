// Questions about one setting: scopes, defaults, lists, gaps.
#include <doctest/doctest.h>

#include "tests/evaluate/judge.h"

using namespace plimsoll;
using namespace plimsoll::demo;

namespace {

const std::string kTries = "probe = \"demo\"\nkey = \"maxauthtries\"\nexpect = { at_most = 4 }\n";
const std::string kRoot =
    "probe = \"demo\"\nkey = \"permitrootlogin\"\nexpect = { one_of = [\"no\", "
    "\"prohibit-password\"] }\n";
const std::string kCiphers =
    "probe = \"demo\"\nkey = \"ciphers\"\nexpect = { subset_of = [\"a\", \"b\"] }\n";

struct Case {
  std::string why;
  std::string rule;
  Facts facts;
  std::string outcome;
};

std::vector<Case> cases() {
  return {
      {"the value conforms", kTries, settings({{"", "maxauthtries", "4", "1"}}), "pass"},
      {"numbers are numbers: 10 is more than 4", kTries,
       settings({{"", "maxauthtries", "10", "3"}}),
       "drift\n/f:3 `maxauthtries` is `10`; wanted: at most `4`"},
      {"a default counts like a line", kTries, settings({{"", "maxauthtries", "6", "0"}}),
       "drift\n`maxauthtries` is `6` by default; wanted: at most `4`"},
      {"a good default is good enough", kTries, settings({{"", "maxauthtries", "3", "0"}}), "pass"},
      {"unless it has to be written down", kTries + "explicit = true\n",
       settings({{"", "maxauthtries", "3", "0"}}),
       "drift\n`maxauthtries` is `3`, right by default, but the rule wants it written down"},
      {"a wrong default is wrong, and not a value to write down", kTries + "explicit = true\n",
       settings({{"", "maxauthtries", "6", "0"}}),
       "drift\n`maxauthtries` is `6` by default; wanted: at most `4`, written down"},
      {"and it is", kTries + "explicit = true\n", settings({{"", "maxauthtries", "3", "1"}}),
       "pass"},
      {"nothing at all, where it has to be written down", kTries + "explicit = true\n",
       settings({}), "drift\n`maxauthtries` is not set; wanted: at most `4`, written down"},
      {"a block that weakens it is drift", kTries,
       settings({{"", "maxauthtries", "4", "1"}, {"Match user bob", "maxauthtries", "9", "7"}}),
       "drift\n/f:7 `maxauthtries` is `9` in `Match user bob`; wanted: at most `4`"},
      {"a block that strengthens it is not", kTries,
       settings({{"", "maxauthtries", "4", "1"}, {"Match user bob", "maxauthtries", "1", "7"}}),
       "pass"},
      {"only the main scope is asked about", kTries + "scope = \"\"\n",
       settings({{"", "maxauthtries", "4", "1"}, {"Match user bob", "maxauthtries", "9", "7"}}),
       "pass"},
      {"only one block is asked about", kTries + "scope = \"Match user bob\"\n",
       settings({{"", "maxauthtries", "9", "1"}, {"Match user bob", "maxauthtries", "3", "7"}}),
       "pass"},
      {"a block that is not there", kTries + "scope = \"Match user eve\"\nwhen_absent = \"pass\"\n",
       settings({{"", "maxauthtries", "9", "1"}}), "pass"},
      {"scopes by pattern: those that set it", kTries + "scope = { matches = \"unit .*\" }\n",
       settings({{"", "maxauthtries", "9", "1"},
                 {"unit a", "maxauthtries", "9", "2"},
                 {"unit b", "other", "1", "3"}}),
       "drift\n/f:2 `maxauthtries` is `9` in `unit a`; wanted: at most `4`"},
      {"scopes by pattern: with when_absent those that lack it as well",
       kTries + "scope = { matches = \"unit .*\" }\nwhen_absent = \"drift\"\n",
       settings({{"unit a", "maxauthtries", "1", "2"}, {"unit b", "other", "1", "3"}}),
       "drift\n`maxauthtries` is not set in `unit b`; wanted: at most `4`"},
      {"nothing gives a value", kTries, settings({}),
       "unknown: nothing sets `maxauthtries`, and no default is known"},
      {"… and that is drift", kTries + "when_absent = \"drift\"\n", settings({}),
       "drift\n`maxauthtries` is not set; wanted: at most `4`"},
      {"… or does not matter", kTries + "when_absent = \"not_applicable\"\n", settings({}),
       "not_applicable: nothing sets `maxauthtries`"},
      {"a value that is not of the type is unknown, not drift", kTries,
       settings({{"", "maxauthtries", "many", "1"}}),
       "unknown: the value of `maxauthtries`: `many` is not an integer"},
      {"a block that drifts decides, whatever cannot be read elsewhere", kTries,
       settings({{"", "maxauthtries", "many", "1"}, {"Match user bob", "maxauthtries", "9", "7"}}),
       "drift\n/f:7 `maxauthtries` is `9` in `Match user bob`; wanted: at most `4`"},
      {"each row of a text has to conform", kRoot,
       settings({{"", "permitrootlogin", "no", "1"}, {"", "permitrootlogin", "yes", "2"}}),
       "drift\n/f:2 `permitrootlogin` is `yes`; wanted: `no` or `prohibit-password`"},
      {"rows of a list are one list", kCiphers,
       settings({{"", "ciphers", "a", "1"}, {"", "ciphers", "b,x", "2"}}),
       "drift\n/f:2 `ciphers` has `x`; wanted: nothing but `a` and `b`"},
      {"rows of a list are one list for superset_of, too",
       "probe = \"demo\"\nkey = \"groups\"\nexpect = { superset_of = [\"a\", \"b\"] }\n",
       settings({{"", "groups", "b", "1"}, {"", "groups", "a", "2"}}), "pass"},
      {"an expression looks at each row",
       "probe = \"demo\"\nkey = \"ciphers\"\nexpect = { matches = \"[ab]\" }\n",
       settings({{"", "ciphers", "a", "1"}, {"", "ciphers", "b", "2"}}), "pass"},
      {"absent: it is not there", "probe = \"demo\"\nkey = \"other\"\nexpect = { absent = true }\n",
       settings({}), "pass"},
      {"absent: a default was not written by anybody",
       "probe = \"demo\"\nkey = \"other\"\nexpect = { absent = true }\n",
       settings({{"", "other", "x", "0"}}), "pass"},
      {"absent: it is there", "probe = \"demo\"\nkey = \"other\"\nexpect = { absent = true }\n",
       settings({{"", "other", "x", "5"}}),
       "drift\n/f:5 `other` is set to `x`; it should not be set"},
      {"present: it is not there",
       "probe = \"demo\"\nkey = \"other\"\nexpect = { present = true }\n", settings({}),
       "drift\n`other` is not set; wanted: a value"},
      {"present: a default is a value",
       "probe = \"demo\"\nkey = \"other\"\nexpect = { present = true }\n",
       settings({{"", "other", "x", "0"}}), "pass"},
      {"present and explicit: a default is not enough",
       "probe = \"demo\"\nkey = \"other\"\nexplicit = true\nexpect = { present = true }\n",
       settings({{"", "other", "x", "0"}}),
       "drift\n`other` is `x`, right by default, but the rule wants it written down"},
      {"durations", "probe = \"demo\"\nkey = \"grace\"\nexpect = { at_most = \"1min\" }\n",
       settings({{"", "grace", "2m", "1"}}), "drift\n/f:1 `grace` is `2m`; wanted: at most `1min`"},
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
  const Facts good = settings({{"", "maxauthtries", "4", "1"}});
  const Facts bad = settings({{"", "maxauthtries", "9", "1"}});
  const Facts in_block =
      settings({{"", "maxauthtries", "4", "1"}, {"Match user bob", "maxauthtries", "9", "7"}});
  return {
      {"what was not read may override a good value", kTries, good, gap(may_override), unknown},
      {"… and a bad one", kTries, bad, gap(may_override), unknown},
      {"what was not read may add another block", kTries, good, gap(may_add), unknown},
      {"… but a bad value stays bad", kTries, bad, gap(may_add),
       "drift\n/f:1 `maxauthtries` is `9`; wanted: at most `4`"},
      {"a value that is missing may be in what was not read", kTries + "when_absent = \"drift\"\n",
       settings({}), gap(may_add), unknown},
      {"a rule that would not apply may apply to what was not read",
       kTries + "when_absent = \"not_applicable\"\n", settings({}), gap(may_add), unknown},
      {"absence cannot be told either",
       "probe = \"demo\"\nkey = \"other\"\nexpect = { absent = true }\n", settings({}),
       gap(may_add), unknown},
      {"a gap in one scope leaves the drift of another", kTries, in_block,
       gap(may_override, "Match user eve"),
       "drift\n/f:7 `maxauthtries` is `9` in `Match user bob`; wanted: at most `4`"},
      {"a gap in the scope that drifts makes it unknown", kTries, in_block,
       gap(may_override, "Match user bob"), unknown},
      {"a gap in a scope that the rule does not ask about is nothing to it",
       kTries + "scope = \"\"\n", good, gap(may_override, "Match user eve"), "pass"},
      {"a scope below the subject is in doubt", kTries + "scope = \"a.service [Service]\"\n",
       settings({{"a.service [Service]", "maxauthtries", "4", "1"}}),
       gap(may_override, "a.service"), unknown},
      {"a scope that only begins like the subject is not",
       kTries + "scope = \"a.service [Service]\"\n",
       settings({{"a.service [Service]", "maxauthtries", "4", "1"}}), gap(may_override, "a.serv"),
       "pass"},
  };
}

}  // namespace

TEST_CASE("a setting is judged in every scope where it counts") {
  for (const Case& c : cases()) {
    CAPTURE(c.why);
    CHECK(summary(judge(baseline_with(c.rule), {{&kOpen, c.facts}})) == c.outcome);
  }
}

TEST_CASE("what could not be read makes a setting unknown where it could change the verdict") {
  for (const GapCase& c : gap_cases()) {
    CAPTURE(c.why);
    Facts facts = c.facts;
    facts.gaps.push_back(c.hole);
    CHECK(summary(judge(baseline_with(c.rule), {{&kOpen, facts}})) == c.outcome);
  }
}

TEST_CASE("a scope that always holds leaves nothing to a default") {
  Facts facts =
      settings({{"Host *", "maxauthtries", "3", "1"}, {"Host a", "maxauthtries", "2", "2"}});
  CHECK(summary(judge(baseline_with(kTries), {{&kOpen, facts}})) ==
        "unknown: nothing sets `maxauthtries`, and no default is known");
  facts.rows.front().everywhere = true;
  CHECK(summary(judge(baseline_with(kTries), {{&kOpen, facts}})) == "pass");
  facts.rows.back().value = "9";
  CHECK(summary(judge(baseline_with(kTries), {{&kOpen, facts}})) ==
        "drift\n/f:2 `maxauthtries` is `9` in `Host a`; wanted: at most `4`");
}

TEST_CASE("a gap about some keys leaves the others sure") {
  Facts facts = settings({{"", "maxauthtries", "3", "1"}});
  facts.gaps.push_back(gap(Gap::Effect::may_override));
  facts.gaps.front().fields = {"ciphers"};
  CHECK(summary(judge(baseline_with(kTries), {{&kOpen, facts}})) == "pass");
  facts.gaps.front().fields = {"ciphers", "maxauthtries"};
  CHECK(summary(judge(baseline_with(kTries), {{&kOpen, facts}})) ==
        "unknown: /g: permission denied");
}

TEST_CASE("a gap about other keys does not make a rule apply") {
  Facts facts = settings({});
  facts.gaps.push_back(gap(Gap::Effect::may_override));
  facts.gaps.front().fields = {"ciphers"};
  CHECK(summary(judge(baseline_with(kTries + "when_absent = \"not_applicable\"\n"),
                      {{&kOpen, facts}})) == "not_applicable: nothing sets `maxauthtries`");
}

TEST_CASE("a program that is not there") {
  Facts facts;
  facts.not_applicable = "no demo is installed";
  CHECK(summary(judge(baseline_with(kTries), {{&kOpen, facts}})) ==
        "not_applicable: no demo is installed");
  facts.gaps.push_back(gap(Gap::Effect::may_add));
  CHECK(summary(judge(baseline_with(kTries), {{&kOpen, facts}})) ==
        "unknown: /g: permission denied");
}

TEST_CASE("a plug-in that did not load") {
  const Baseline baseline =
      baseline_with("probe = \"broken\"\nkey = \"k\"\nexpect = { at_most = 4 }\n");
  CHECK(summary(judge(baseline, {{&kBroken, {}}})) == "unknown: broken.so: no entry point");
}

TEST_CASE("a finding carries what a report needs") {
  Facts facts = settings({{"Match user bob", "maxauthtries", "9", "7"}});
  Shadowed& shadowed = facts.rows[0].shadowed.emplace_back();
  shadowed.value = "3";
  shadowed.why = "the first value stands";
  const Outcome outcome =
      judge(baseline_with(kTries + "scope = \"Match user bob\"\n"), {{&kOpen, facts}});
  REQUIRE(outcome.findings.size() == 1);
  const Finding& finding = outcome.findings[0];
  CHECK(finding.scope == "Match user bob");
  CHECK(finding.key == "maxauthtries");
  CHECK(finding.actual == "9");
  CHECK(finding.expected == "at most `4`");
  CHECK(finding.origin == Origin{"/f", 7, 1});
  REQUIRE(finding.shadowed.size() == 1);
  CHECK(finding.shadowed[0].why == "the first value stands");
}

TEST_CASE("many scopes cost no more than their number") {
  Facts facts;
  for (int i = 0; i < 100'000; ++i)
    facts.setting("maxauthtries", "9", {"/f", 1, 1}, "scope " + std::to_string(i));
  const Outcome outcome =
      judge(baseline_with(kTries + "scope = { matches = \"scope .*\" }\nwhen_absent = \"drift\"\n"),
            {{&kOpen, facts}});
  CHECK(outcome.findings.size() == 100);
  CHECK(outcome.reason == "100 of 100000 findings are listed");
}
