#include <doctest/doctest.h>

#include "scanner/root/memory_root.h"
#include "tests/plugins/read_probe.h"

using namespace plimsoll;

namespace {

Facts read(const Root& root) { return read_probe("banner", root); }

/// `file shown [blank] [escapes] [named]` for each row.
std::string rows(const std::map<std::string, std::string>& files) {
  std::string out;
  for (const Fact& fact : read(*Root::in_memory(files)).rows) {
    out += std::get<std::string>(fact.fields[0]) + " " + std::get<std::string>(fact.fields[1]);
    if (std::get<bool>(fact.fields[2])) out += " blank";
    for (const auto& escape : std::get<std::vector<std::string>>(fact.fields[3]))
      out += " \\" + escape;
    if (std::get<bool>(fact.fields[4])) out += " named";
    out += "\n";
  }
  return out;
}

}  // namespace

TEST_CASE("banner: which texts are shown") {
  CHECK(rows({{"/etc/issue.d/a.issue", "x"}, {"/run/issue", "y"}, {"/run/issue.d/b.issue", "z"}}) ==
        "/run/issue console\n/run/issue.d/b.issue console\n");
  CHECK(rows({{"/etc/issue", "x"}, {"/etc/issue.d/a.issue", "y"}, {"/run/issue.d/b.issue", "z"}}) ==
        "/etc/issue console\n/etc/issue.d/a.issue console\n");
  CHECK(rows({{"/usr/lib/motd", "x"}, {"/run/motd", "y"}}) == "/run/motd login\n");
  CHECK(rows({{"/etc/motd.d/a", "x"}, {"/run/motd.d/a", "y"}, {"/usr/lib/motd.d/b", "z"}}) ==
        "/etc/motd.d/a login\n/usr/lib/motd.d/b login\n");
  CHECK(rows({}).empty());
}

TEST_CASE("banner: what a text tells") {
  struct Case {
    const char* why;
    std::string text, expected;
  };
  const Case cases[] = {
      {"blanks and newlines are nothing", " \t\n\n", " blank"},
      {"each escape once, sorted", "\\v \\r \\m \\r", " \\m \\r \\v"},
      {"with an argument", "\\S{PRETTY_NAME} \\4{eth0}", " \\4 \\S"},
      {"a doubled backslash is one", "\\\\r \\\\\\r", " \\r"},
      {"a backslash at the end", "x\\", ""},
      {"a word in any case", "(DeBiAn)", " named"},
      {"a part of a word is not the word", "debianists, undebian, debian2", ""},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(rows({{"/etc/os-release", "ID=debian\n"}, {"/etc/issue", c.text}}) ==
          "/etc/issue console" + c.expected + "\n");
  }
}

TEST_CASE("banner: what cannot be read is a gap") {
  MemoryRoot root;
  root.add_special("/etc/issue", FileType::fifo);
  CHECK(read(root).gaps.size() == 1);
}
