#include <doctest/doctest.h>

#include "scanner/root/memory_root.h"
#include "tests/plugins/read_probe.h"

using namespace plimsoll;

namespace {

Facts read(const Root& root) { return read_probe("fstab", root); }

/// `scope key=value` for each row, one a line.
std::string rows(const std::string& fstab) {
  const auto root = Root::in_memory({{"/etc/fstab", fstab}});
  std::string out;
  for (const Fact& fact : read(*root).rows)
    out += fact.scope + " " + fact.key + "=" + fact.value + "\n";
  return out;
}

std::string entry(const std::string& target, const std::string& source, const std::string& fstype,
                  const std::string& options, const std::string& freq, const std::string& passno) {
  std::string out = target + " source=" + source + "\n" + target + " fstype=" + fstype + "\n";
  if (options != "-") out += target + " options=" + options + "\n";
  return out + target + " freq=" + freq + "\n" + target + " passno=" + passno + "\n";
}

}  // namespace

TEST_CASE("fstab: fields, comments and lines that libmount drops") {
  struct Case {
    const char* why;
    std::string text, expected;
  };
  const Case cases[] = {
      {"all six fields", "UUID=1 /a ext4 ro,nodev 1 2\n",
       entry("/a", "UUID=1", "ext4", "ro,nodev", "1", "2")},
      {"blanks and tabs of any number separate, also before the line and behind it",
       " \tx\t \t/a  ext4\tro 0 0 \t\n", entry("/a", "x", "ext4", "ro", "0", "0")},
      {"octal escapes are blanks and backslashes inside a field",
       "//h/a\\040b /a\\011b ext4 x\\134y 0 0\n",
       entry("/a\tb", "//h/a b", "ext4", "x\\y", "0", "0")},
      {"an escape needs three octal digits", "x /a\\04 ext4 a\\98\n",
       entry("/a\\04", "x", "ext4", "a\\98", "0", "0")},
      {"an escaped NUL ends the field", "x /a\\000b ext4 ro\n",
       entry("/a", "x", "ext4", "ro", "0", "0")},
      {"without options there is no such row, but numbers are zero", "x /a ext4\n",
       entry("/a", "x", "ext4", "-", "0", "0")},
      {"an entry without a type is dropped", "x /a\ny /b ext4 ro\n",
       entry("/b", "y", "ext4", "ro", "0", "0")},
      {"a comment behind the options is not one, and spoils the entry", "x /a ext4 ro # note\n",
       ""},
      {"a comment behind passno is ignored", "x /a ext4 ro 0 0 # note\n",
       entry("/a", "x", "ext4", "ro", "0", "0")},
      {"a hash inside a field is text", "x /a#b ext4 #ro\n",
       entry("/a#b", "x", "ext4", "#ro", "0", "0")},
      {"freq that is no number drops the entry", "x /a ext4 ro 1x 2\n", ""},
      {"numbers wrap at 32 bits", "x /a ext4 ro 4294967297 -1\n",
       entry("/a", "x", "ext4", "ro", "1", "-1")},
      {"a number too large for 64 bits spoils the entry when more follows",
       "x /a ext4 ro 99999999999999999999 1\n", ""},
      {"the carriage return of a DOS line end is no part of the last field",
       "x /a ext4 ro\r\n\r\ny /b ext4 rw\r",
       entry("/a", "x", "ext4", "ro", "0", "0") + entry("/b", "y", "ext4", "rw", "0", "0")},
      {"two entries for one mount point are both there, in order",
       "x /a ext4 ro\n#y /a ext4 rw\nz /a xfs rw\n",
       entry("/a", "x", "ext4", "ro", "0", "0") + entry("/a", "z", "xfs", "rw", "0", "0")},
      {"a NUL hides the newline: the line is dropped, the next one stands",
       std::string("x /a ext4 r\0o\ny /b ext4 rw\n", 27), entry("/b", "y", "ext4", "rw", "0", "0")},
      {"the last line without a newline ends at its NUL", std::string("x /a ext4 r\0o", 13),
       entry("/a", "x", "ext4", "r", "0", "0")},
      {"an empty file has no entry", "", ""},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(rows(c.text) == c.expected);
  }
}

TEST_CASE("fstab: the origin is the line of the entry") {
  const auto root = Root::in_memory({{"/etc/fstab", "# a\n\nx /a ext4 ro\n"}});
  const Facts facts = read(*root);
  REQUIRE(facts.find("options", "/a") != nullptr);
  CHECK(facts.find("options", "/a")->origin == Origin{"/etc/fstab", 3, 1});
}

TEST_CASE("fstab: absent is not applicable, unreadable is a gap") {
  const auto none = Root::in_memory({});
  CHECK(read(*none).not_applicable == "there is no /etc/fstab");
  MemoryRoot denied;
  denied.add_file("/etc/fstab", "x /a ext4 ro\n");
  denied.deny("/etc/fstab");
  CHECK(read(denied).gaps.size() == 1);
  MemoryRoot fifo;
  fifo.add_special("/etc/fstab", FileType::fifo);
  CHECK(read(fifo).gaps.size() == 1);
}
