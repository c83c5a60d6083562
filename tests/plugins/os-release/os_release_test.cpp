#include <doctest/doctest.h>

#include "scanner/root/memory_root.h"
#include "tests/plugins/read_probe.h"

using namespace plimsoll;

namespace {
Facts read(const Root& root) { return read_probe("os-release", root); }
}  // namespace

TEST_CASE("os-release: values as a shell would have them") {
  struct Case {
    const char *why, *text, *id;  // null: no such row
  };
  const Case cases[] = {
      {"plain", "ID=debian\n", "debian"},
      {"in double quotes", "ID=\"debian\"\n", "debian"},
      {"in single quotes a backslash is itself", "ID='de\\bian'\n", "de\\bian"},
      {"escapes", "ID=\"a\\\"b\\$c\\\\\"\n", "a\"b$c\\"},
      {"other backslashes in double quotes stay", "ID=\"a\\b\"\n", "a\\b"},
      {"outside quotes a backslash vanishes", "ID=a\\b\n", "ab"},
      {"commented out", "#ID=debian\n", nullptr},
      {"a longer name", "ID_LIKE=debian\n", nullptr},
      {"the last one counts", "ID=ubuntu\nID=debian\n", "debian"},
      {"no value", "ID=\n", ""},
      {"a blank before the equals sign", "ID =debian\n", nullptr},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const Facts facts = read(*Root::in_memory({{"/etc/os-release", c.text}}));
    const Fact* id = facts.find("id");
    REQUIRE((id != nullptr) == (c.id != nullptr));
    if (id != nullptr) CHECK(id->value == c.id);
  }
}

TEST_CASE("os-release: which file counts") {
  CHECK_FALSE(read(*Root::in_memory({})).not_applicable.empty());
  const auto vendor = Root::in_memory({{"/usr/lib/os-release", "ID=vendor\n"}});
  CHECK(read(*vendor).find("id")->value == "vendor");
  MemoryRoot linked;
  linked.add_file("/usr/lib/os-release", "ID=vendor\n");
  linked.add_link("/etc/os-release", "../usr/lib/os-release");
  CHECK(read(linked).find("id")->origin.file == "/etc/os-release");
  MemoryRoot denied;
  denied.add_file("/etc/os-release", "ID=local\n");
  denied.deny("/etc/os-release");
  denied.add_file("/usr/lib/os-release", "ID=vendor\n");
  CHECK(read(denied).rows.empty());  // the one that counts cannot be read
  CHECK(read(denied).gaps.size() == 1);
}
