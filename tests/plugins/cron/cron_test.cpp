#include <doctest/doctest.h>

#include "scanner/root/memory_root.h"
#include "tests/plugins/read_probe.h"

using namespace plimsoll;

namespace {

Facts read(const Root& root) { return read_probe("cron", root); }

/// `schedule|user|command` of each row.
std::string jobs(const Facts& facts) {
  std::string out;
  for (const Fact& row : facts.rows)
    out += std::get<std::string>(row.fields[2]) + "|" + std::get<std::string>(row.fields[3]) + "|" +
           std::get<std::string>(row.fields[4]) + "; ";
  return out;
}

}  // namespace

TEST_CASE("cron: entries of a system crontab") {
  struct Case {
    const char *why, *text, *want;
  };
  const Case cases[] = {
      {"fields one blank apart", "\t5\t4  * jan-MAR */2 root  x -y \n",
       "5 4 * jan-MAR */2|root|x -y ; "},
      {"a nickname", "@daily root x\n", "@daily|root|x; "},
      {"what follows a percent sign is input", "1 1 1 1 1 u mail \\%a%b\n",
       "1 1 1 1 1|u|mail %a; "},
      {"variables and comments are no jobs", "# 1 1 1 1 1 u x\nPATH=/bin\n\"A B\" = 'c'\n\n", ""},
      {"a range from high to low is no fault, and never comes", "5-4 * * * * u x\n",
       "5-4 * * * *|u|x; "},
      {"what follows an element is passed over", "*x 1-5-9 */2?, 1-2/1/x * u x\n",
       "*x 1-5-9 */2?, 1-2/1/x *|u|x; "},
      {"nothing is a command", "1 1 1 1 1 u \n", "1 1 1 1 1|u|; "},
      {"a variable's name may look like a field", "1=2\n", ""},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const Facts facts = read(*Root::in_memory({{"/etc/crontab", c.text}}));
    CHECK(facts.gaps.empty());
    CHECK(jobs(facts) == c.want);
  }
}

TEST_CASE("cron: one wrong line and the file is ignored") {
  for (const char* wrong :
       {"60 * * * * u x", "* 24 * * * u x", "* * 0 * * u x", "* * * 13 * u x", "* * * * 8 u x",
        "*/0 * * * * u x", "5/2 * * * * u x", "* * * * u", "* * * * * u", "@never u x",
        "A=", "A='b", "1, * * * * u x", "* * * * mo u x"}) {
    CAPTURE(wrong);
    const Facts facts = read(
        *Root::in_memory({{"/etc/crontab", "* * * * * u good\n" + std::string(wrong) + "\n"}}));
    CHECK(facts.gaps.size() == 1);
    CHECK(facts.rows.empty());
  }
  CHECK(read(*Root::in_memory({{"/etc/crontab", "* * * * * u x"}})).gaps.size() == 1);  // no end
}

TEST_CASE("cron: which files are run") {
  MemoryRoot root;
  root.add_file("/etc/passwd", "bob:x:1000:1000::/home/bob:/bin/sh\n");
  const std::string job = "* * * * * root ";
  root.add_file("/etc/cron.d/good", job + "a\n");
  root.add_file("/etc/cron.d/has.dot", job + "b\n");
  root.add_file("/etc/cron.d/writable", job + "c\n", 0664);
  root.add_file("/etc/cron.d/foreign", job + "d\n", 0644, 1000);
  root.add_file("/var/spool/cron/crontabs/bob", "@hourly e\n", 0600, 1000);
  root.add_file("/var/spool/cron/crontabs/root", "@hourly f\n", 0644);
  root.add_file("/var/spool/cron/root", "@hourly g\n", 0600);
  root.add_file("/etc/cron.daily/x", "#!/bin/sh\n# no\nh \\\n  i\n", 0755);
  root.add_file("/etc/cron.daily/y", "j\n");
  root.add_file("/etc/cron.daily/z.sh", "k\n", 0755);
  root.add_file("/etc/cron.weekly/bin", std::string("\x7f\0", 2), 0755);
  const Facts facts = read(root);
  CHECK(facts.gaps.empty());
  CHECK(jobs(facts) ==
        "* * * * *|root|a; @hourly|bob|e; daily|root|h i; weekly|root|/etc/cron.weekly/bin; ");
}

TEST_CASE("cron: not there, not readable") {
  CHECK(read(*Root::in_memory({})).rows.empty());
  MemoryRoot root;
  root.add_file("/etc/cron.d/a", "* * * * * root x\n");
  root.deny("/etc/cron.d/a");
  root.add_special("/etc/crontab", FileType::fifo);
  CHECK(read(root).gaps.size() == 2);
}

TEST_CASE("cron: the longest time between two runs") {
  struct Case {
    const char *why, *schedule, *want;
  };
  const Case cases[] = {
      {"every day, however often", "*/5 4 * * *", "1"},
      {"a nickname", "@weekly", "7"},
      {"once at the start", "@reboot", ""},
      {"once a week", "0 4 * * sun", "7"},
      {"7 is Sunday, too", "0 4 * * 7", "7"},
      {"over a weekend", "0 4 * * 1-5", "3"},
      {"once a month", "0 4 1 * *", "31"},
      {"the 31st comes in seven months", "0 4 31 * *", "61"},
      {"once a year, with a leap day between", "0 4 1 3 *", "366"},
      {"two fields without a star: either is enough", "0 4 1 * 1", "7"},
      {"with a star both have to be right", "0 4 */31 * 1", "427"},
      {"a quarter without runs", "0 4 * jan-sep *", "93"},
      {"never", "0 4 30 2 *", "1828"},
      {"nor where a range holds nothing", "0 4 9-5 * *", "1828"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    const std::string text = std::string(c.schedule) + " root x\n";
    const Facts facts = read(*Root::in_memory({{"/etc/crontab", text}}));
    REQUIRE(facts.rows.size() == 1);
    const auto* days = std::get_if<std::int64_t>(&facts.rows[0].fields[5]);
    CHECK((days == nullptr ? "" : std::to_string(*days)) == c.want);
  }
}
