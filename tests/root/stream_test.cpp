#include "scanner/root/stream.h"

#include <doctest/doctest.h>

#include "scanner/root/memory_root.h"
#include "tests/root/temporary_tree.h"

using namespace plimsoll;

TEST_CASE("stream: every byte is handed over once, and a link is not followed") {
  const TemporaryTree tree;
  const std::string large(300000, 'x');
  tree.file("/d/large", large);
  tree.file("/d/empty", "");
  tree.link("/d/link", "large");
  tree.link("/in", "/d");
  tree.fifo("/d/fifo");
  tree.directory("/d/directory");
  tree.sparse("/d/huge", off_t{1} << 40U);
  MemoryRoot memory;
  memory.add_file("/d/large", large);
  memory.add_file("/d/empty", "");
  memory.add_link("/d/link", "large");
  memory.add_link("/in", "/d");
  memory.add_special("/d/fifo", FileType::fifo);
  memory.add_directory("/d/directory");
  const auto directory = Root::directory(tree.top());
  REQUIRE(directory.has_value());
  const Root* const roots[] = {&memory, directory->get()};
  for (const Root* root : roots) {
    FileStream stream(*root);
    const auto read = [&](const char* path, std::uint64_t cap) {
      std::string text;
      const auto size = stream.read(path, cap, [&](std::string_view piece) { text += piece; });
      if (!size) return "error: " + size.error().where.file + ": " + size.error().what;
      CHECK(*size == text.size());
      return text;
    };
    CHECK(read("/d/large", 300000) == large);
    CHECK(read("/in/large", 300000) == large);  // an absolute link stays inside
    CHECK(read("/d/large", 299999) == "error: /d/large: larger than the cap of 299999 bytes");
    CHECK(read("/d/empty", 10).empty());
    for (const char* name : {"link", "fifo", "directory"}) {
      const std::string path = std::string("/d/") + name;
      CHECK(read(path.c_str(), 1000000) ==
            "error: " + path + ": not a regular file, so it is not opened");
    }
    for (const char* none : {"/d/none", "/none/x", "/d/large/x", "/d/..", "/"})
      CHECK(read(none, 10).starts_with("error: "));
  }
  FileStream stream(**directory);
  CHECK_FALSE(stream.read("/d/huge", 1U << 30U, [](std::string_view) {}).has_value());
  CHECK((*directory)->files_read().empty());
}
