#include "scanner/baseline/site.h"

#include <doctest/doctest.h>

using namespace plimsoll;

namespace {

const std::string kWaiver =
    "[[waiver]]\nrule = \"sshd.x\"\nreason = \"r\"\nowner = \"o\"\nexpires = 2027-01-31\n";

}  // namespace

TEST_CASE("a site's own file is read") {
  Diagnostics problems;
  const Site site = load_site(
      "baselines = [\"a@1.0.0\", \"b.toml\"]\nlevel = \"one\"\n[set]\n\"a.p\" = 3\n\"a.q\" = "
      "[\"x\", \"y\"]\n"
      "[[override]]\nrule = \"a.*\"\nseverity = \"low\"\n" +
          kWaiver +
          "scope = \"s\"\nkey = \"k\"\npath = \"/p\"\nvalue = \"v\"\nhost = \"h\"\napprover = "
          "\"a\"\nticket = \"T-1\"\n",
      "plimsoll.toml", problems);
  CHECK(render(problems) == "");
  CHECK(site.baselines == std::vector<std::string>{"a@1.0.0", "b.toml"});
  CHECK(site.level == "one");
  REQUIRE(site.set.size() == 2);
  CHECK(site.set[1].value == std::vector<std::string>{"x", "y"});
  REQUIRE(site.waivers.size() == 1);
  CHECK(site.waivers[0].expires == "2027-01-31");
  CHECK(site.waivers[0].host == "h");
}

TEST_CASE("mistakes in a site's own file") {
  const struct {
    std::string why, text, said;
  } cases[] = {
      {"a waiver without end", "[[waiver]]\nrule = \"sshd.x\"\nreason = \"r\"\nowner = \"o\"\n",
       R"(error: the waiver of `sshd.x` has no `expires`
  --> plimsoll.toml:1:1
   |
 1 | [[waiver]]
   | ^
   |
)"},
      {"an end that is not a date",
       "[[waiver]]\nrule = \"sshd.x\"\nreason = \"r\"\nowner = \"o\"\nexpires = \"never\"\n",
       R"(error: `expires` in the waiver of `sshd.x` must be a date, not a text
  --> plimsoll.toml:5:11
   |
 5 | expires = "never"
   |           ^^^^^^^
   |
   = help: write it without quotes, as 2026-11-25
)"},
      {"a waiver without reason",
       "[[waiver]]\nrule = \"sshd.x\"\nowner = \"o\"\nexpires = 2027-01-31\n",
       R"(error: the waiver of `sshd.x` has no `reason`
  --> plimsoll.toml:1:1
   |
 1 | [[waiver]]
   | ^
   |
)"},
      {"an unknown key", "basline = [\"a\"]\n",
       R"(error: unknown key `basline` in the configuration
  --> plimsoll.toml:1:1
   |
 1 | basline = ["a"]
   | ^^^^^^^
   |
   = help: use `baselines`
)"},
      {"an override that changes nothing", "[[override]]\nrule = \"a.b\"\n",
       R"(error: the override of `a.b` changes nothing
  --> plimsoll.toml:1:1
   |
 1 | [[override]]
   | ^
   |
   = help: give it a `severity`, or `disabled = true` with a reason
)"},
      {"a rule switched off without reason", "[[override]]\nrule = \"a.b\"\ndisabled = true\n",
       R"(error: the override of `a.b` has no `reason`
  --> plimsoll.toml:1:1
   |
 1 | [[override]]
   | ^
   |
)"},
      {"control characters do not reach the terminal", "\"a\\u001bb\" = 1\n",
       R"(error: unknown key `a\x1bb` in the configuration
  --> plimsoll.toml:1:1
   |
 1 | "a\u001bb" = 1
   | ^^^^^^^^^^
   |
   = help: one of `baselines`, `level`, `set`, `override`, `waiver`
)"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.why);
    Diagnostics problems;
    load_site(c.text, "plimsoll.toml", problems);
    CHECK(render(problems) == c.said);
  }
}

TEST_CASE("a long line is shown around the fault") {
  const std::string text = "baselines = [" + std::string(300, ' ') + "1]\n";
  Diagnostics problems;
  load_site(text, "plimsoll.toml", problems);
  REQUIRE(problems.size() == 1);
  const std::string said = render(problems);
  CHECK(said.find(":1:314\n") != std::string::npos);
  CHECK(said.find(std::string(40, ' ') + "1]\n") != std::string::npos);
  CHECK(said.find(std::string(100, ' ')) == std::string::npos);
}
