#include <doctest/doctest.h>

#include "scanner/root/memory_root.h"
#include "tests/plugins/read_probe.h"

using namespace plimsoll;

namespace {

Facts read(const Root& root) { return read_probe("limits", root); }

/// `domain kind type item value` for each row in force, those that are not with a `~` before them.
std::string rows(const std::string& limits) {
  const auto root = Root::in_memory({{"/etc/security/limits.conf", limits}});
  std::string out;
  for (const Fact& fact : read(*root).rows) {
    if (!std::get<bool>(fact.fields[7])) out += "~";
    for (const std::size_t field : {1U, 2U, 3U, 4U, 5U})
      out += (field == 1 ? "" : " ") + std::get<std::string>(fact.fields[field]);
    out += "\n";
  }
  return out;
}

}  // namespace

TEST_CASE("limits: what pam_limits takes of a line") {
  struct Case {
    const char* why;
    std::string text, expected;
  };
  const Case cases[] = {
      {"type, item and value in any case", "alice HARD Core Unlimited\n",
       "alice user hard core unlimited\n"},
      {"a dash is both types", "alice - core 5\n", "alice user both core 5\n"},
      {"the word for it is none", "alice both core 5\n", ""},
      {"words behind the fourth are ignored", "* soft core 1 2 3\n", "* default soft core 1\n"},
      {"three words are too few", "* hard core\n", ""},
      {"a comment may begin inside a word", "* hard core 1#0\n", "* default hard core 1\n"},
      {"digits are read as far as they go", "* hard core 12abc\n* hard rss 0x10\n",
       "* default hard core 12\n* default hard rss 0\n"},
      {"a value without digits drops the line", "* hard core zero\n", ""},
      {"-1 is a level of nice, and no limit elsewhere", "* - nice -1\n* - core -1\n",
       "* default both nice -1\n* default both core unlimited\n"},
      {"ranges of users and groups", "1000: - core 0\n:7 - core 0\n@5:9 - core 0\n",
       "1000: users both core 0\n:7 users both core 0\n@5:9 groups both core 0\n"},
      {"a range of something else is none", "a:b - core 0\n: - core 0\n1:x - core 0\n", ""},
      {"logins are counted for maxlogins alone", "%dev - maxlogins 3\n%dev - core 0\n",
       "%dev logins both maxlogins 3\n"},
      {"the type makes no difference to logins", "* any maxlogins 3\n",
       "* default both maxlogins 3\n"},
      {"a dash alone takes all limits off", "alice -\n@dev -\n* -\n% -\n",
       "alice user exempt  \n@dev group exempt  \n"},
      {"the later line stands, type by type",
       "* - core 1\n* hard core 2\n* soft core 3\nalice hard core 4\n",
       "~* default both core 1\n* default hard core 2\n* default soft core 3\n"
       "alice user hard core 4\n"},
      {"half of a line may stay in force", "* - core 1\n* soft core 3\n",
       "* default both core 1\n* default soft core 3\n"},
      {"a line ends at a NUL", std::string("* hard core 0\0 x\n", 17), "* default hard core 0\n"},
      {"what does not fit into the buffer is a line of its own",
       std::string(1023, ' ') + "* hard core 0\n", "* default hard core 0\n"},
      {"also in the middle of a word", std::string(1019, ' ') + "* ha* hard core 0\n",
       "* default hard core 0\n"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    CHECK(rows(c.text) == c.expected);
  }
}

TEST_CASE("limits: what cannot be read is a gap") {
  MemoryRoot root;
  root.add_special("/etc/security/limits.conf", FileType::fifo);
  CHECK(read(root).gaps.size() == 1);
}
