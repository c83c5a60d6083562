#include <doctest/doctest.h>

#include "scanner/base/date.h"
#include "tests/evaluate/judge.h"

using namespace plimsoll;
using namespace plimsoll::demo;

namespace {

const std::string kRule = "probe = \"demo\"\nkey = \"maxauthtries\"\nexpect = { at_most = 4 }\n";

Waiver waiver(const std::string& rule, const std::string& expires) {
  Waiver out;
  out.rule = rule;
  out.reason = "legacy client";
  out.owner = "ops";
  out.expires = expires;
  out.line = 7;
  return out;
}

/// Verdict, waiver and number of findings, then the notices.
std::string after(const std::vector<Waiver>& waivers, const std::string& host = {}) {
  const Baseline baseline = baseline_with(kRule);
  const Facts facts =
      settings({{"", "maxauthtries", "9", "1"}, {"Match user bob", "maxauthtries", "8", "7"}});
  std::vector<Outcome> outcomes = {judge(baseline, {{&kOpen, facts}})};
  std::vector<std::string> notices;
  apply_waivers(waivers, {"2026-11-25", host}, outcomes, notices);
  std::string out =
      std::string(name_of(outcomes[0].verdict)) + "/" + std::to_string(outcomes[0].findings.size());
  if (!outcomes[0].waiver.empty()) out += " " + outcomes[0].waiver;
  for (const std::string& notice : notices) out += "\n" + notice;
  return out;
}

}  // namespace

TEST_CASE("a waiver covers what it names, until it expires") {
  const std::string granted = "until 2027-01-31: legacy client (owner ops)";
  CHECK(after({waiver("demo.x", "2027-01-31")}) == "waived/2 " + granted);
  CHECK(after({waiver("demo.*", "2027-01-31")}) == "waived/2 " + granted);
  CHECK(after({waiver("demo.x", "2026-11-25")}) ==
        "waived/2 until 2026-11-25: legacy client (owner ops)");
  CHECK(after({waiver("demo.x", "2026-11-24")}) ==
        "drift/2 a waiver expired on 2026-11-24: legacy client (owner ops)\n"
        "the waiver of `demo.x` (line 7) expired on 2026-11-24");
  CHECK(after({waiver("demo.y", "2027-01-31")}) ==
        "drift/2\nthe waiver of `demo.y` (line 7) matches nothing that drifts");
  CHECK(after({waiver("demo.x", "some day")}) ==
        "drift/2 a waiver expired on some day: legacy client (owner ops)\n"
        "the waiver of `demo.x` (line 7) expired on some day");
  // One that holds is as good beside one that has expired.
  CHECK(after({waiver("demo.x", "2026-01-01"), waiver("demo.x", "2027-01-31")}) ==
        "waived/2 " + granted + "\nthe waiver of `demo.x` (line 7) expired on 2026-01-01");
}

TEST_CASE("a narrow waiver leaves the other findings") {
  Waiver narrow = waiver("demo.x", "2027-01-31");
  narrow.scope = "Match user bob";
  CHECK(after({narrow}) == "drift/1");
  Waiver rest = waiver("demo.x", "2027-01-31");
  rest.value = "9";
  rest.ticket = "T-1";
  rest.approver = "sec";
  CHECK(after({narrow, rest}) ==
        "waived/2 until 2027-01-31: legacy client (owner ops, approved by sec, T-1)");
  Waiver path = waiver("demo.x", "2027-01-31");
  path.path = "/f";
  CHECK(after({path}).starts_with("waived/2"));
  path.path = "/g";
  CHECK(after({path}) == "drift/2\nthe waiver of `demo.x` (line 7) matches nothing that drifts");
  Waiver key = waiver("demo.x", "2027-01-31");
  key.key = "other";
  CHECK(after({key}) == "drift/2\nthe waiver of `demo.x` (line 7) matches nothing that drifts");
}

TEST_CASE("a waiver for a host holds on that host only") {
  Waiver here = waiver("demo.x", "2027-01-31");
  here.host = "web*";
  CHECK(after({here}, "web1").starts_with("waived/2"));
  CHECK(after({here}, "db1") ==
        "drift/2\nthe waiver of `demo.x` (line 7) matches nothing that drifts");
  CHECK(after({here}) == "drift/2\nthe waiver of `demo.x` (line 7) matches nothing that drifts");
}

TEST_CASE("findings that were not kept cannot be waived") {
  const Baseline baseline =
      baseline_with("probe = \"things\"\nwhere = { path = { matches = \".*\" } }\nnone = true\n");
  Facts facts;
  for (int i = 0; i < 101; ++i) thing(facts, "/x" + std::to_string(i), 0600, "root");
  std::vector<Outcome> outcomes = {judge(baseline, {{&kTable, facts}})};
  std::vector<std::string> notices;
  apply_waivers({waiver("demo.x", "2027-01-31")}, {"2026-11-25", {}}, outcomes, notices);
  CHECK(outcomes[0].verdict == Verdict::drift);
  CHECK(outcomes[0].reason == "100 of 101 findings are listed");
}

TEST_CASE("reviews that are overdue are said") {
  const Baseline baseline = baseline_with(kRule);
  const Plan plan = plan_of(baseline);
  CHECK(overdue_reviews(plan, "2026-11-25").empty());
  CHECK(overdue_reviews(plan, "2027-11-25").empty());
  CHECK(
      overdue_reviews(plan, "2027-11-26") ==
      std::vector<std::string>{"baseline `demo` 1.0.0 was last reviewed on 2026-11-25; its review "
                               "is 1 days overdue"});
}

TEST_CASE("exit codes") {
  const Baseline baseline = baseline_with(kRule);
  const auto code = [&](std::initializer_list<Verdict> verdicts, Severity fail_on) {
    ScanResult result;
    for (const Verdict verdict : verdicts) {
      Outcome& outcome = result.outcomes.emplace_back();
      outcome.verdict = verdict;
      outcome.severity = Severity::medium;
    }
    count_outcomes(result);
    return exit_code(result, fail_on);
  };
  using enum Verdict;
  CHECK(code({}, Severity::low) == 2);
  CHECK(code({pass, not_applicable, waived}, Severity::low) == 0);
  CHECK(code({pass, drift}, Severity::low) == 1);
  CHECK(code({pass, drift}, Severity::medium) == 1);
  CHECK(code({pass, drift}, Severity::high) == 0);
  CHECK(code({drift, unknown}, Severity::low) == 1);
  CHECK(code({drift, unknown}, Severity::high) == 3);
  CHECK(code({unknown, pass}, Severity::low) == 3);
}

TEST_CASE("dates") {
  CHECK(day_number("1970-01-01") == 0);
  CHECK(day_number("2026-11-25") == 20782);
  for (const char* wrong : {"", "2026-11-31", "2026-13-01", "26-11-25", "2026/11/25", "2026-11-2x"})
    CHECK_FALSE(day_number(wrong).has_value());
  CHECK(utc_text(0) == "1970-01-01T00:00:00Z");
  CHECK(utc_text(1795635000) == "2026-11-25T19:30:00Z");
}
