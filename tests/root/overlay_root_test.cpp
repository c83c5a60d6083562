// One file changed on top of another root, by whatever path it is asked for.
#include "scanner/root/overlay_root.h"

#include <doctest/doctest.h>

#include "scanner/root/memory_root.h"

using namespace plimsoll;

TEST_CASE("an overlay changes one file") {
  MemoryRoot base;
  base.add_file("/etc/a", "old");
  base.add_file("/etc/b", "other");
  base.add_link("/etc/link", "a");
  base.add_link("/c", "/etc");
  const OverlayRoot root(base, "/c/link", "longer");
  for (const char* path : {"/etc/a", "/etc/link", "/c/a", "/c/../etc/a"}) {
    CAPTURE(path);
    CHECK(root.read(path).value_or("?") == "longer");
    CHECK(root.stat(path)->size == 6);
  }
  CHECK(root.read("/etc/b").value_or("?") == "other");
  CHECK(root.lstat("/etc/link")->type == FileType::symlink);
  CHECK(root.glob("/etc/*").paths.size() == 3);
  CHECK(!root.read("/etc/none"));
  CHECK(base.read("/etc/a").value_or("?") == "old");
}

TEST_CASE("an overlay is the kind of root that is below it") {
  MemoryRoot base;
  base.add_file("/a", "x");
  base.set_source_tree(true);
  base.set_live(true);
  const OverlayRoot root(base, "/a", "y");
  CHECK(root.is_source_tree());
  CHECK(root.is_live());
  base.deny("/b");
  CHECK(root.read_now("/a").value_or("?") == "y");
}
