#include <doctest/doctest.h>

#include "scanner/probe/probe.h"
#include "scanner/root/memory_root.h"

using namespace plimsoll;

namespace {

Facts read(const Root& root, const char* key = nullptr) {
  static const std::map<std::string, std::string, std::less<>> context;
  std::vector<Selection> selections;
  if (key != nullptr) {
    auto matcher = Matcher::compile(Op::equals, Type::text, {key});
    REQUIRE(matcher.has_value());
    selections.push_back({{{Predicate::On::key, 0, *matcher}}, {}});
  }
  return find_builtin_probe("kernel-build")->read({root, context, selections, 1});
}

}  // namespace

TEST_CASE("kernel-build: the value of an option that a rule asks for") {
  struct Case {
    const char *why, *text, *value;
    std::uint32_t line;
  };
  const Case cases[] = {
      {"set", "CONFIG_BUG=y\n", "y", 1},
      {"not set", "#\n# CONFIG_BUG is not set\n", "n", 2},
      {"not mentioned", "CONFIG_BUG_X=y\n", "n", 0},
      {"commented out, which is no Kconfig line", "# CONFIG_BUG=y\n", "n", 0},
      {"the last line stands", "CONFIG_BUG=y\n# CONFIG_BUG is not set\n", "n", 2},
      {"a string", "CONFIG_BUG=\"a \\\"b\\\"\"\r\n", "a \"b\"", 1},
      {"a string with a quote too many", "CONFIG_BUG=\"y\"\"\n", "\"y\"\"", 1},
      {"indented", " CONFIG_BUG=y\n", "n", 0},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const Facts facts = read(*Root::in_memory({{"/boot/config-6.1.0", c.text}}), "CONFIG_BUG");
    REQUIRE(facts.rows.size() == 1);
    CHECK(facts.rows[0].scope == "6.1.0");
    CHECK(facts.rows[0].value == c.value);
    CHECK(facts.rows[0].origin.line == c.line);
  }
}

TEST_CASE("kernel-build: each kernel for itself") {
  CHECK_FALSE(read(MemoryRoot()).not_applicable.empty());
  MemoryRoot root;
  root.add_file("/boot/config-1", "CONFIG_BUG=y\n");
  root.add_file("/boot/config-2", "CONFIG_BUG=y\n");
  root.deny("/boot/config-2");
  const Facts facts = read(root);
  CHECK(facts.rows.size() == 1);
  REQUIRE(facts.gaps.size() == 1);
  CHECK(facts.gaps[0].subject == "2");
}
