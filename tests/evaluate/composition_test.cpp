// all, any, not, when: three values and one that does not count.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/evaluate/judge.h"

using namespace plimsoll;
using namespace plimsoll::demo;

namespace {

/// A part that comes to yes, no, unknown or not applicable over `kFacts`.
std::string part(char truth) {
  switch (truth) {
    case 'y':
      return "{ key = \"good\", expect = \"yes\" }";
    case 'n':
      return "{ key = \"bad\", expect = \"yes\" }";
    case 'u':
      return "{ key = \"nowhere\", expect = \"yes\" }";
    default:
      return "{ key = \"nowhere\", expect = \"yes\", when_absent = \"not_applicable\" }";
  }
}

std::string verdict(const std::string& rule) {
  const Facts facts = settings({{"", "good", "yes", "1"}, {"", "bad", "no", "2"}});
  return std::string(
      name_of(judge(baseline_with("probe = \"demo\"\n" + rule), {{&kOpen, facts}}).verdict));
}

struct Row {
  const char* parts;  ///< y n u -
  const char* all;
  const char* any;
};

const Row kTable3[] = {
    {"yy", "pass", "pass"},       {"yn", "drift", "pass"},
    {"yu", "unknown", "pass"},    {"y-", "pass", "pass"},
    {"nn", "drift", "drift"},     {"nu", "drift", "unknown"},
    {"n-", "drift", "drift"},     {"uu", "unknown", "unknown"},
    {"u-", "unknown", "unknown"}, {"--", "not_applicable", "not_applicable"},
};

}  // namespace

TEST_CASE("compositions of parts that are true, false, unknown or do not apply") {
  for (const Row& row : kTable3) {
    for (const bool reversed : {false, true}) {
      const std::string parts =
          part(row.parts[reversed ? 1 : 0]) + ", " + part(row.parts[reversed ? 0 : 1]);
      CAPTURE(parts);
      CHECK(verdict("all = [" + parts + "]\n") == row.all);
      CHECK(verdict("any = [" + parts + "]\n") == row.any);
    }
  }
  CHECK(verdict("not = " + part('y') + "\n") == "drift");
  CHECK(verdict("not = " + part('n') + "\n") == "pass");
  CHECK(verdict("not = " + part('u') + "\n") == "unknown");
  CHECK(verdict("not = " + part('-') + "\n") == "not_applicable");
}

TEST_CASE("a condition of a rule") {
  const auto with = [](char condition, char check) {
    std::string body = part(check).substr(2);
    body.resize(body.size() - 2);
    std::string lines;
    for (std::size_t at = 0, next = 0; next != std::string::npos; at = next + 2) {
      next = body.find(", ", at);
      lines += body.substr(at, next == std::string::npos ? next : next - at) + "\n";
    }
    return verdict(lines + "when = " + part(condition) + "\n");
  };
  CHECK(with('y', 'y') == "pass");
  CHECK(with('y', 'n') == "drift");
  CHECK(with('n', 'n') == "not_applicable");
  CHECK(with('-', 'n') == "not_applicable");
  CHECK(with('u', 'n') == "unknown");
  CHECK(with('u', 'y') == "pass");
  CHECK(with('n', 'u') == "not_applicable");
}

TEST_CASE("a condition of a part takes the part out of the count") {
  const auto guarded = [](char condition, char check) {
    std::string inner = part(check);
    inner.insert(inner.size() - 2, ", when = " + part(condition));
    return inner;
  };
  CHECK(verdict("all = [" + guarded('n', 'n') + ", " + part('y') + "]\n") == "pass");
  CHECK(verdict("all = [" + guarded('y', 'n') + ", " + part('y') + "]\n") == "drift");
  CHECK(verdict("all = [" + guarded('u', 'n') + ", " + part('y') + "]\n") == "unknown");
  CHECK(verdict("all = [" + guarded('u', 'y') + ", " + part('y') + "]\n") == "pass");
  CHECK(verdict("any = [" + guarded('n', 'y') + ", " + part('n') + "]\n") == "drift");
}

TEST_CASE("a composition says why") {
  const Facts facts = settings({{"", "good", "yes", "1"}, {"", "bad", "no", "2"}});
  const auto said = [&](const std::string& rule) {
    return summary(judge(baseline_with("probe = \"demo\"\n" + rule), {{&kOpen, facts}}));
  };
  CHECK(
      said("any = [{ key = \"bad\", expect = \"yes\" }, { key = \"good\", expect = \"no\" }]\n") ==
      "drift\n/f:2 `bad` is `no`; wanted: `yes`\n/f:1 `good` is `yes`; wanted: `no`");
  CHECK(said("not = { key = \"good\", expect = \"yes\" }\n") == "drift\n/f:1 `good` is `yes`");
  CHECK(said("not = { not = { key = \"bad\", expect = \"yes\" } }\n") ==
        "drift\n/f:2 `bad` is `no`; wanted: `yes`");
  CHECK(said("not = { key = \"nowhere\", expect = \"yes\", when_absent = \"pass\" }\n") ==
        "drift\nwhat the rule excludes is the case");
  CHECK(said("key = \"good\"\nexpect = \"yes\"\nwhen = { key = \"bad\", expect = \"yes\" }\n") ==
        "not_applicable: the rule does not apply: `bad` is `no`; wanted: `yes`");
}

TEST_CASE("parts may ask different probes") {
  Facts table;
  thing(table, "/etc/a", 0600, "root");
  const Facts facts = settings({{"", "good", "yes", "1"}});
  const Baseline baseline = baseline_with(
      "all = [{ probe = \"demo\", key = \"good\", expect = \"yes\" },\n"
      "       { probe = \"things\", where = { path = \"/etc/a\" }, every = { mode = \"0600\" } "
      "}]\n");
  CHECK(summary(judge(baseline, {{&kOpen, facts}, {&kTable, table}})) == "pass");
  CHECK(summary(judge(baseline, {{&kOpen, facts}})) == "unknown: probe `things` was not run");
}

TEST_CASE("the fingerprint is of the drift, not of its place or value") {
  const Baseline baseline = baseline_with(
      "probe = \"demo\"\nkey = \"good\"\nexpect = \"never\"\nscope = { one_of = [\"a\", \"b\"] "
      "}\n");
  const auto prints = [&](const Facts& facts) {
    std::vector<std::string> out;
    for (const Finding& finding : judge(baseline, {{&kOpen, facts}}).findings)
      out.push_back(finding.fingerprint);
    return out;
  };
  const auto first = prints(settings({{"a", "good", "x", "1"}, {"b", "good", "x", "2"}}));
  REQUIRE(first.size() == 2);
  CHECK(first[0].size() == 32);
  CHECK(first[0].find_first_not_of("0123456789abcdef") == std::string::npos);
  CHECK(first[0] != first[1]);
  CHECK(prints(settings({{"a", "good", "y", "9"}, {"b", "good", "x", "10"}})) == first);
  // Several rows of one key are told apart by their values.
  const auto several =
      prints(settings({{"a", "good", "x", "1"}, {"a", "good", "y", "2"}, {"b", "good", "x", "3"}}));
  REQUIRE(several.size() == 3);
  CHECK(several[0] != several[1]);
}

TEST_CASE("two parts that find the same place have fingerprints of their own") {
  const Baseline baseline = baseline_with(
      "probe = \"demo\"\nall = [{ key = \"bad\", expect = \"a\" }, { key = \"bad\", expect = \"b\" "
      "}]\n");
  const Outcome outcome = judge(baseline, {{&kOpen, settings({{"", "bad", "no", "2"}})}});
  REQUIRE(outcome.findings.size() == 2);
  CHECK(outcome.findings[0].fingerprint != outcome.findings[1].fingerprint);
}

TEST_CASE("only the probes that rules need are asked") {
  const Baseline baseline = baseline_with(
      "probe = \"demo\"\nkey = \"good\"\nexpect = \"yes\"\n"
      "when = { probe = \"things\", where = { path = \"/a\" }, none = true }\n");
  const Plan plan = plan_of(baseline);
  Diagnostics problems;
  const Wanted wanted = wanted_by(compile_rules(plan, kProbes, problems));
  CHECK(wanted.size() == 2);
  CHECK(wanted.count(&kClosed) == 0);
  CHECK(wanted.at(&kTable).size() == 1);
  CHECK(wanted.at(&kTable)[0].where.size() == 1);
}
