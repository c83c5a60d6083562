#include <doctest/doctest.h>

#include "scanner/probe/probe.h"
#include "scanner/root/memory_root.h"

using namespace plimsoll;

namespace {
Facts read(const Root& root) {
  static const std::map<std::string, std::string, std::less<>> context;
  return find_builtin_probe("ufw")->read({root, context, {}, 1});
}
}  // namespace

TEST_CASE("ufw: what the start script's shell makes of the two files") {
  struct Case {
    const char *why, *defaults, *conf, *want;
  };
  const Case cases[] = {
      {"ufw.conf is sourced last", "ENABLED=no\n", "ENABLED=yes\n", "yes"},
      {"the last assignment stands", "", "ENABLED=yes\nENABLED='no'\n", "no"},
      {"a variable has case", "", "ENABLED=yes\nenabled=no\n", "yes"},
      {"commented out", "ENABLED=no\n", "#ENABLED=yes\n", "no"},
      {"one line, two assignments", "", "LOGLEVEL=low; ENABLED=\"yes\" # on\n", "yes"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const Facts facts =
        read(*Root::in_memory({{"/etc/default/ufw", c.defaults}, {"/etc/ufw/ufw.conf", c.conf}}));
    CHECK(facts.gaps.empty());
    REQUIRE(facts.find("enabled") != nullptr);
    CHECK(facts.find("enabled")->value == c.want);
  }
}

TEST_CASE("ufw: not there, not readable, only for a shell") {
  CHECK_FALSE(read(*Root::in_memory({})).not_applicable.empty());
  for (const char* text : {"ENABLED=$X\n", "if true; then ENABLED=yes; fi\n", "ENABLED='yes\n"}) {
    CAPTURE(text);
    CHECK(read(*Root::in_memory({{"/etc/ufw/ufw.conf", text}})).gaps.size() >= 1);
  }
  MemoryRoot root;
  root.add_file("/etc/ufw/ufw.conf", "ENABLED=yes\n");
  root.deny("/etc/ufw/ufw.conf");
  CHECK(read(root).gaps.size() == 1);
}
