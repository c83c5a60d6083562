#include <doctest/doctest.h>

#include "scanner/base/text.h"
#include "scanner/root/memory_root.h"
#include "tests/plugins/read_probe.h"

using namespace plimsoll;

namespace {

Facts read(const Root& root) { return read_probe("aide", root); }

std::string text(const Value& value) {
  if (const auto* one = std::get_if<std::string>(&value)) return *one;
  if (const auto* many = std::get_if<std::vector<std::string>>(&value)) return join(*many, "+");
  return "";
}

/// `sign name types attributes` of each rule.
std::string rules(const Facts& facts) {
  std::string out;
  for (const Fact& row : facts.rows)
    if (text(row.fields[0]) == "rule")
      out += text(row.fields[3]) + text(row.fields[1]) + " " + text(row.fields[4]) + " " +
             text(row.fields[5]) + "; ";
  return out;
}

}  // namespace

TEST_CASE("aide: rules with groups and macros worked out") {
  struct Case {
    const char *why, *text, *want;
  };
  const Case cases[] = {
      {"from left to right", "/a p+u-p+p\n", "/a  p+u; "},
      {"a group as it is at that line", "A=p\n/a A\nA=u\n/b A+m\n", "/a  p; /b  m+u; "},
      {"blanks around signs", "  =/a f , d  p + u\n", "=/a f+d p+u; "},
      {"a restriction that restricts nothing", "/a 0 p\n!/b\n", "/a  p; !/b  ; "},
      {"variables, those that are not defined being empty", "@@define V x y\n/@@{V}/@@{W}a\\ b p\n",
       "/x y/a b  p; "},
      {"conditions",
       "@@define V 1\n@@if not defined V\n/a p\n@@else\n/b p\n@@endif\n@@ifdef W\n@@if exists "
       "/\n/c p\n@@endif\n@@endif\n",
       "/b  p; "},
      {"files that an include's expression matches, with a prefix", "@@include /d ^[a-z]+$ /pre\n",
       "/pre/in  p; "},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const Facts facts = read(*Root::in_memory(
        {{"/etc/aide/aide.conf", c.text}, {"/d/x", "/in p\n"}, {"/d/x.conf", "/no p\n"}}));
    CHECK(facts.gaps.empty());
    CHECK(rules(facts) == c.want);
  }
}

TEST_CASE("aide: AIDE does not run with a line it refuses") {
  for (const char* wrong :
       {"/a nosuch", "/a", "!/a f p", "/a x p", "nonsense", "A = p+", "@@endif", "@@if defined X",
        "@@else", "@@include", "@@nosuch x", "=a p", "@@define V /v\n!@@{V}", "@@include /none",
        "@@if hostname x\n@@endif", "@@include /d [ /p"}) {
    CAPTURE(wrong);
    const Facts facts = read(*Root::in_memory(
        {{"/etc/aide/aide.conf", std::string(wrong) + "\n/ok p\n"}, {"/d/x", ""}}));
    CHECK(facts.gaps.size() == 1);
  }
}

TEST_CASE("aide: what a program prints is not known") {
  MemoryRoot root;
  root.add_file("/etc/aide/aide.conf",
                "database_in=file:/db\n/a p\n@@x_include /etc/aide/aide.conf.d ^x\n");
  root.add_file("/etc/aide/aide.conf.d/x1", "/b p\n", 0755);
  root.add_file("/etc/aide/aide.conf.d/x2", "/c p\n");
  const Facts facts = read(root);
  CHECK(rules(facts) == "/a  p; /c  p; ");
  REQUIRE(facts.gaps.size() == 2);  // rules and groups; the database was decided before
  CHECK(facts.gaps[0].subject == "rule");
}

TEST_CASE("aide: not there, includes without end, variables that grow") {
  CHECK_FALSE(read(*Root::in_memory({})).not_applicable.empty());
  CHECK_FALSE(read(*Root::in_memory({{"/etc/aide/aide.conf", "@@include /etc/aide/aide.conf\n"}}))
                  .gaps.empty());
  std::string text = "@@define V xxxxxxxxxxxxxxxx\n";
  for (int i = 0; i < 40; ++i) text += "@@define V @@{V}@@{V}\n";
  CHECK(read(*Root::in_memory({{"/etc/aide/aide.conf", text}})).gaps.size() == 1);
}
