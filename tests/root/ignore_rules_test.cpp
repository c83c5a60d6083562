#include "scanner/root/ignore_rules.h"

#include <doctest/doctest.h>

#include <string>

using namespace plimsoll;

TEST_CASE("ignore rules follow gitignore(5)") {
  struct Row {
    std::string rules, path;
    bool is_directory, ignored;
    std::string why;
  };
  const Row rows[] = {
      {"*.yaml\n", "/a/b.yaml", false, true, "without a slash: at any depth"},
      {"/b.yaml\n", "/a/b.yaml", false, false, "a leading slash anchors"},
      {"/a/b.yaml\n", "/a/b.yaml", false, true, "anchored path"},
      {"a/*.yaml\n", "/x/a/b.yaml", false, false, "a slash in the middle anchors as well"},
      {"a/*.yaml\n", "/a/c/b.yaml", false, false, "a star stops at a slash"},
      {"**/c/b.yaml\n", "/a/c/b.yaml", false, true, "any directory"},
      {"a/**/b.yaml\n", "/a/b.yaml", false, true, "also none between"},
      {"a/**\n", "/a/x/y", false, true, "everything inside"},
      {"a/**\n", "/a", true, false, "but not itself"},
      {"build/\n", "/build", false, false, "a slash at the end: directories only"},
      {"build/\n", "/x/build", true, true, "at any depth"},
      {"*.yaml\n!keep.yaml\n", "/keep.yaml", false, false, "the last that matches decides"},
      {"!keep.yaml\n*.yaml\n", "/keep.yaml", false, true, "in that order"},
      {"# *.yaml\n", "/b.yaml", false, false, "a comment"},
      {"\\#x\n", "/#x", false, true, "a quoted hash"},
      {"\\!x\n", "/!x", false, true, "a quoted exclamation mark"},
      {"x  \n", "/x", false, true, "blanks at the end do not count"},
      {"x\r\n", "/x", false, true, "line ends of another system"},
      {"*\n", "/.hidden", false, true, "a star matches a leading dot"},
      {"/\n", "/a", false, false, "nothing is left"},
      {"a?c\n", "/abc", false, true, "one character"},
      {"[a-c]x\n", "/bx", false, true, "a range"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.rules);
    CAPTURE(row.path);
    CAPTURE(row.why);
    IgnoreRules rules;
    rules.add("/", row.rules);
    CHECK(rules.ignores(row.path, row.is_directory) == row.ignored);
  }
}

TEST_CASE("ignore rules of a deeper directory come last and are forgotten when it is left") {
  IgnoreRules rules;
  rules.add("/", "*.log\n");
  const auto before = rules.size();
  rules.add("/a", "!/keep.log\n");
  CHECK_FALSE(rules.ignores("/a/keep.log", false));
  CHECK(rules.ignores("/a/b/keep.log", false));
  rules.truncate(before);
  CHECK(rules.ignores("/a/keep.log", false));
}
