#include "scanner/probe/open_mode.h"

#include <doctest/doctest.h>

#include "scanner/root/memory_root.h"

using namespace plimsoll;

TEST_CASE("open mode: a bit beyond what is allowed is told") {
  MemoryRoot root;
  root.add_file("/open", "");  // 0644
  Facts facts;
  tell_open_mode(root, "@x", "/none", 0600, "s", facts);
  tell_open_mode(root, "@x", "/open", 0644, "s", facts);
  CHECK(facts.rows.empty());
  CHECK(facts.gaps.empty());
  tell_open_mode(root, "@x", "/open", 0640, "s", facts);
  REQUIRE(facts.rows.size() == 1);
  CHECK(facts.find("@x", "s")->value == "/open has the mode 0644");
  CHECK(facts.find("@x", "s")->origin.file == "/open");
}
